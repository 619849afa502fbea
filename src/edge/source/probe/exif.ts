import type { Reader } from "./bytes.ts";
import type { Orientation } from "./types.ts";

const ORIENTATION = 0x0112;
const SHORT = 3;
const LONG = 4;

/**
 * The orientation in a TIFF block (what follows `Exif\0\0` in JPEG; the whole chunk in PNG and WebP); 1 where there is none, or
 * where the block is damaged: a broken note about a picture is no reason to refuse the picture.
 * Exif 3.0 §4.6.3 (IFD), §4.6.5.1 (Orientation).
 */
export function exifOrientation(reader: Reader, start: number, end: number): Orientation {
  const little = reader.is(start, "II");
  if (!little && !reader.is(start, "MM")) return 1;
  if (end > reader.length || start + 8 > end || reader.u16(start + 2, little) !== 42) return 1;
  const directory = start + reader.u32(start + 4, little);
  if (directory + 2 > end) return 1;
  const entries = Math.min(reader.u16(directory, little), Math.floor((end - directory - 2) / 12));
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (reader.u16(entry, little) !== ORIENTATION) continue;
    const type = reader.u16(entry + 2, little);
    const value =
      type === SHORT ? reader.u16(entry + 8, little) : type === LONG ? reader.u32(entry + 8, little) : 1;
    return isOrientation(value) ? value : 1;
  }
  return 1;
}

function isOrientation(value: number): value is Orientation {
  return Number.isInteger(value) && value >= 1 && value <= 8;
}
