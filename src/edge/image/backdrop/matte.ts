import { crc32, deflateSync } from "node:zlib";
import { joined, latin, u8, u32 } from "../bytes.ts";
import type { Pixels, Size } from "../pixels.ts";

/** How much of each pixel is a person: 0–255, row by row. */
export type Matte = Size & { data: Uint8Array };

/** From here on a pixel counts as a person. */
const HALF = 128;

/** Less of a picture is a few pixels that look like something. */
const SOMEBODY = 0.002;

/** The share of the picture that people take, 0–1. */
export function peopleIn({ data }: Matte): number {
  let count = 0;
  for (const value of data) if (value >= HALF) count++;
  return count / data.length;
}

export const isNobodyIn = (matte: Matte): boolean => peopleIn(matte) < SOMEBODY;

const SIGNATURE = u8(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** 8 bits of gray, deflate, filters by row, not interlaced. */
const GRAY = u8(8, 0, 0, 0, 0);
/** Differences to the row above: most of a matte's rows are much like it. */
const UP = 2;

/** A gray PNG, which `matteFrom` reads back once it is decoded. */
export function matteFile({ width, height, data }: Matte): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const to = y * (width + 1);
    rows[to] = UP;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      rows[to + 1 + x] = (data[at] as number) - (y > 0 ? (data[at - width] as number) : 0);
    }
  }
  const header = joined([u32(width), u32(height), GRAY]);
  const body = new Uint8Array(deflateSync(rows));
  return joined([SIGNATURE, chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", u8())]);
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const named = joined([latin(type), body]);
  return joined([u32(body.length), named, u32(crc32(named))]);
}

/** The matte as a gray picture. */
export function fromMatte({ width, height, data }: Matte): Pixels {
  const rgba = new Uint8ClampedArray(data.length * 4).fill(255);
  for (const [i, value] of data.entries()) rgba.fill(value, 4 * i, 4 * i + 3);
  return { width, height, data: rgba };
}

export function matteFrom({ width, height, data }: Pixels): Matte {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i] as number),
  };
}
