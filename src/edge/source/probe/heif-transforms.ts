import type { Reader } from "./bytes.ts";
import { type Box, Fields } from "./isobmff.ts";
import type { Orientation } from "./types.ts";

/** Pixels. */
export type Rectangle = { left: number; top: number; width: number; height: number };

/**
 * What of a coded picture is shown and how it is turned. ISO/IEC 23008-12 §6.5.9 (clap), §6.5.10 (irot), §6.5.12 (imir); they are applied
 * in the order of the properties, and a crop comes first. Exif's orientation has no say (§6.5.10 there).
 */
export function displayed(
  reader: Reader,
  properties: Box[],
  picture: { width: number; height: number },
): { shown: Rectangle; orientation: Orientation } {
  let shown: Rectangle = { left: 0, top: 0, width: picture.width, height: picture.height };
  let orientation: Orientation = 1;
  for (const box of properties) {
    if (box.type === "clap") shown = cropped(reader, box, picture) ?? shown;
    if (box.type === "irot") orientation = after(orientation, TURNED[reader.u8(box.data) & 3] as Orientation);
    if (box.type === "imir") orientation = after(orientation, (reader.u8(box.data) & 1) === 0 ? 4 : 2);
  }
  return { shown, orientation };
}

/** By 0, 90, 180 and 270 degrees anticlockwise. */
const TURNED: Orientation[] = [1, 8, 3, 6];

/** The centre's place and the size, as fractions. Undefined where it is none inside the picture: then the whole is shown. */
function cropped(
  reader: Reader,
  box: Box,
  { width, height }: { width: number; height: number },
): Rectangle | undefined {
  const fields = new Fields(reader, box);
  const fraction = () => (fields.uint(4) | 0) / fields.uint(4);
  const [w, h, x, y] = [fraction(), fraction(), fraction(), fraction()] as [number, number, number, number];
  const left = Math.floor(x + (width - w) / 2);
  const top = Math.floor(y + (height - h) / 2);
  const crop = { left, top, width: Math.floor(w), height: Math.floor(h) };
  const isInside =
    left >= 0 && top >= 0 && crop.width >= 1 && crop.height >= 1 && left + w <= width && top + h <= height;
  return isInside ? crop : undefined;
}

/** Where the stored picture's right and down point to when it is shown: (x, y) of each, y down. */
const AXES: Record<Orientation, readonly [number, number, number, number]> = {
  1: [1, 0, 0, 1],
  2: [-1, 0, 0, 1],
  3: [-1, 0, 0, -1],
  4: [1, 0, 0, -1],
  5: [0, 1, 1, 0],
  6: [0, 1, -1, 0],
  7: [0, -1, -1, 0],
  8: [0, -1, 1, 0],
};

/** One orientation after another, as one. */
function after(first: Orientation, then: Orientation): Orientation {
  const [a, b, c, d] = AXES[first];
  const [e, f, g, h] = AXES[then];
  const both = [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
  const found = Object.entries(AXES).find(([, axes]) => axes.every((value, i) => value === both[i]));
  return Number(found?.[0]) as Orientation;
}
