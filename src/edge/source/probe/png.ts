import type { Reader } from "./bytes.ts";
import { exifOrientation } from "./exif.ts";
import { corrupt, tooManyPixels, unsupported } from "./failure.ts";
import { MAX_PIXELS, MAX_SEGMENTS } from "./limits.ts";
import type { Orientation, ProbeResult } from "./types.ts";

const TRUNCATED = corrupt("The PNG ends inside its header.");

/** Bit depths that each colour type allows. PNG 3rd edition, table 8 (https://www.w3.org/TR/png-3/#table111). */
const BIT_DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Reads the chunks up to the first IDAT. */
export function probePng(reader: Reader): ProbeResult {
  if (reader.is(12, "CgBI")) return unsupported("Apple's optimized PNG (CgBI) is not supported.");
  if (!reader.has(0, 33)) return TRUNCATED;
  if (reader.u32(8) !== 13 || !reader.is(12, "IHDR"))
    return corrupt("The PNG does not begin with its header.");
  const [width, height, bitDepth, colourType] = [
    reader.u32(16),
    reader.u32(20),
    reader.u8(24),
    reader.u8(25),
  ];
  if (width === 0 || height === 0 || width > 0x7fffffff || height > 0x7fffffff) {
    return corrupt("The PNG's header gives no valid size.");
  }
  if (!BIT_DEPTHS[colourType]?.includes(bitDepth))
    return corrupt("The PNG's colour type and bit depth do not go together.");
  if (reader.u8(26) !== 0 || reader.u8(27) !== 0 || reader.u8(28) > 1) {
    return corrupt("The PNG's header names an unknown compression, filter or interlace method.");
  }
  if (width * height > MAX_PIXELS) return tooManyPixels(width, height, MAX_PIXELS, "PNG");

  let hasAlpha = colourType === 4 || colourType === 6;
  let hasPalette = false;
  let orientation: Orientation = 1;
  let offset = 33;
  for (let chunks = 0; chunks < MAX_SEGMENTS; chunks++) {
    if (!reader.has(offset, 8)) return TRUNCATED;
    const length = reader.u32(offset);
    const data = offset + 8;
    const type = reader.fourCc(offset + 4);
    if (type === "IDAT") {
      if (colourType === 3 && !hasPalette) return corrupt("The PNG's palette is missing.");
      return { ok: true, format: "png", width, height, orientation, hasAlpha };
    }
    if (type === "IEND") return corrupt("The PNG has no picture data.");
    if (!reader.has(data, length + 4)) return TRUNCATED;
    if (type === "PLTE") hasPalette = true;
    if (type === "tRNS") hasAlpha = true;
    if (type === "eXIf") orientation = exifOrientation(reader, data, data + length);
    offset = data + length + 4;
  }
  return corrupt("The PNG's header does not end.");
}
