import type { Header } from "./png-chunks.ts";

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Samples a pixel in the file; a palette's index is one. */
export const channelsOf = (header: Header): number => CHANNELS[header.colourType] as number;

/** Turns a row of samples into 8-bit RGBA. A palette index without an entry is opaque black, as libpng has it. */
export function expandRow(line: Uint8Array, header: Header, rgba: Uint8Array): void {
  const step = header.bitDepth >> 3; // bytes a sample; the types that use it have 8 or 16 bits
  if (header.colourType === 0) expandGray(line, header, rgba);
  else if (header.colourType === 2) expandRgb(line, header, rgba);
  else if (header.colourType === 3) expandPalette(line, header, rgba);
  else if (header.colourType === 4) expandGrayAlpha(line, step, rgba);
  else expandRgba(line, step, rgba);
}

function expandGray(line: Uint8Array, { bitDepth, transparent }: Header, rgba: Uint8Array): void {
  const key = transparent?.[0];
  const full = 2 ** bitDepth - 1;
  for (let to = 0, x = 0; to < rgba.length; to += 4, x++) {
    const value = sample(line, x, bitDepth);
    const gray = bitDepth === 16 ? toByte(value) : (value * 255) / full; // 255 is a multiple of 1, 3, 15 and 255
    rgba[to] = rgba[to + 1] = rgba[to + 2] = gray;
    rgba[to + 3] = value === key ? 0 : 255;
  }
}

function expandRgb(line: Uint8Array, { bitDepth, transparent }: Header, rgba: Uint8Array): void {
  const step = bitDepth >> 3;
  for (let to = 0, from = 0; to < rgba.length; to += 4, from += 3 * step) {
    rgba[to] = byteAt(line, from, step);
    rgba[to + 1] = byteAt(line, from + step, step);
    rgba[to + 2] = byteAt(line, from + 2 * step, step);
    rgba[to + 3] = 255;
  }
  if (!transparent) return;
  for (let x = 0; x * 4 < rgba.length; x++) {
    if (transparent.every((value, c) => sample(line, 3 * x + c, bitDepth) === value)) rgba[x * 4 + 3] = 0;
  }
}

function expandPalette(line: Uint8Array, { bitDepth, palette }: Header, rgba: Uint8Array): void {
  for (let to = 0, x = 0; to < rgba.length; to += 4, x++) {
    const entry = sample(line, x, bitDepth) * 4;
    rgba[to] = palette[entry] as number;
    rgba[to + 1] = palette[entry + 1] as number;
    rgba[to + 2] = palette[entry + 2] as number;
    rgba[to + 3] = palette[entry + 3] as number;
  }
}

function expandGrayAlpha(line: Uint8Array, step: number, rgba: Uint8Array): void {
  for (let to = 0, from = 0; to < rgba.length; to += 4, from += 2 * step) {
    rgba[to] = rgba[to + 1] = rgba[to + 2] = byteAt(line, from, step);
    rgba[to + 3] = byteAt(line, from + step, step);
  }
}

function expandRgba(line: Uint8Array, step: number, rgba: Uint8Array): void {
  if (step === 1) rgba.set(line);
  else for (let to = 0; to < rgba.length; to++) rgba[to] = byteAt(line, 2 * to, 2);
}

/** The n-th sample of a row, at the file's depth. */
function sample(line: Uint8Array, n: number, bitDepth: number): number {
  if (bitDepth === 8) return line[n] as number;
  if (bitDepth === 16) return ((line[2 * n] as number) << 8) | (line[2 * n + 1] as number);
  const bit = n * bitDepth;
  return ((line[bit >> 3] as number) >> (8 - bitDepth - (bit & 7))) & (2 ** bitDepth - 1);
}

/** A sample of one or two bytes, as one. */
function byteAt(line: Uint8Array, at: number, step: number): number {
  if (step === 1) return line[at] as number;
  return toByte(((line[at] as number) << 8) | (line[at + 1] as number));
}

/** 16 to 8 bits, rounded: value × 255 / 65535. PNG 3rd edition §12.4. */
const toByte = (value: number) => (value * 255 + 32895) >> 16;
