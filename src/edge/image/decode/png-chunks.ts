import { crc32 } from "node:zlib";
import { Reader } from "../../source/probe/bytes.ts";
import { DecodeError } from "../pixels.ts";

export type Header = {
  width: number;
  height: number;
  bitDepth: number;
  /** 0 grayscale, 2 RGB, 3 palette, 4 grayscale and alpha, 6 RGBA. */
  colourType: number;
  interlaced: boolean;
  /** 256 entries of RGBA; opaque black where the file has none. */
  palette: Uint8Array;
  /** The one sample (grayscale) or three (RGB), at the file's depth, that mean transparent. */
  transparent: number[] | undefined;
};

/**
 * The chunks that make up the still picture; every other is skipped. An animation's further frames are in fdAT chunks, so what
 * remains is its default image.
 *
 * @param bytes a PNG that the probe let through: its header is known to be sound
 * @throws DecodeError on a wrong checksum or a chunk that does not end
 */
export function readChunks(bytes: Uint8Array): { header: Header; data: Iterable<Uint8Array> } {
  const reader = new Reader(bytes);
  const palette = new Uint8Array(1024);
  for (let i = 3; i < palette.length; i += 4) palette[i] = 255;
  const header: Header = {
    width: reader.u32(16),
    height: reader.u32(20),
    bitDepth: reader.u8(24),
    colourType: reader.u8(25),
    interlaced: reader.u8(28) === 1,
    palette,
    transparent: undefined,
  };
  for (const { type, body, offset } of chunks(reader)) {
    const isCritical = (reader.u8(offset + 4) & 0x20) === 0;
    if (isCritical || type === "tRNS") {
      const end = offset + 8 + body.length;
      if (crc32(bytes.subarray(offset + 4, end)) !== reader.u32(end)) {
        throw new DecodeError(`The PNG's ${isCritical ? type : "transparency"} chunk has a wrong checksum.`);
      }
    }
    if (type === "PLTE") readPalette(body, palette);
    if (type === "tRNS") readTransparency(body, header);
  }
  return { header, data: pictureData(reader) };
}

/** Walked again rather than listed: a file can have millions of tiny or empty chunks, whose list would take ten times its size. */
function* pictureData(reader: Reader): Generator<Uint8Array> {
  for (const { type, body } of chunks(reader)) if (type === "IDAT") yield body;
}

/** All chunks before IEND that are whole; the raster says whether rows are missing. */
export function* chunks(reader: Reader): Generator<{ type: string; body: Uint8Array; offset: number }> {
  let offset = 8;
  while (reader.has(offset, 12)) {
    const length = reader.u32(offset);
    const type = reader.fourCc(offset + 4);
    if (type === "IEND" || !reader.has(offset + 8, length + 4)) return;
    yield { type, body: reader.bytes.subarray(offset + 8, offset + 8 + length), offset };
    offset += 12 + length;
  }
}

function readPalette(body: Uint8Array, palette: Uint8Array): void {
  if (body.length % 3 !== 0 || body.length > 768)
    throw new DecodeError("The PNG's palette has an impossible length.");
  for (let from = 0, to = 0; from < body.length; from += 3, to += 4)
    palette.set(body.subarray(from, from + 3), to);
}

function readTransparency(body: Uint8Array, header: Header): void {
  const reader = new Reader(body);
  if (header.colourType === 3)
    for (let i = 0; i < Math.min(256, body.length); i++) header.palette[4 * i + 3] = reader.u8(i);
  if (header.colourType === 0 && body.length >= 2) header.transparent = [reader.u16(0)];
  if (header.colourType === 2 && body.length >= 6)
    header.transparent = [reader.u16(0), reader.u16(2), reader.u16(4)];
}
