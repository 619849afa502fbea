import { blendRow } from "../blend.ts";
import type { Pixels, Size } from "../pixels.ts";
import { RowShrink, Shrink } from "../shrink.ts";
import { Detail } from "./detail.ts";
import type { Photo } from "./photo.ts";

/** A part of a picture in pixels of the whole. */
type Part = Size & { x: number; y: number };

/** What of the picture to show, and at which size, which is larger than the drawing's. */
export type Enlargement = { whole: Size; crop: Part; size: Size };

/** Is given a row of RGBA, in a buffer that is used again. */
export type TakeRow = (rgba: Uint8ClampedArray) => Promise<void> | void;

/** Pixels that rounding may take. */
const MARGIN = 2;

/** The photo's longer side, in pixels, that has those of the enlargement. */
export function longSideFor({ whole, crop, size }: Enlargement): number {
  const long = Math.max(whole.width, whole.height);
  const scale = Math.max(size.width / crop.width, size.height / crop.height);
  return Math.min(long, Math.ceil(long * scale) + MARGIN);
}

/**
 * Shows a drawing larger than it is, with the photo's own detail, row by row.
 *
 * @param strength 0 (the photo) to 1 (the drawing), in linear light
 * @param take is given rows of RGBA, sRGB, with the photo's alpha, in a buffer that is used again
 */
export async function enlarge(
  drawn: Pixels,
  photo: Photo,
  { whole, crop, size }: Enlargement,
  strength: number,
  take: TakeRow,
): Promise<void> {
  const part = partOf(
    crop,
    { across: photo.width / whole.width, down: photo.height / whole.height },
    photo,
    size,
  );
  const detail = strength > 0 ? new Detail(drawn, reduced(photo, drawn)) : undefined;
  const draw = detail?.rows(
    lineOf(part.x, part.width, size.width, drawn.width / photo.width),
    lineOf(part.y, part.height, size.height, drawn.height / photo.height),
    size.width,
  );
  const shrink = new RowShrink(part, size);
  const line = new Uint8ClampedArray(photo.width * 4);
  const visible = line.subarray(part.x * 4, (part.x + part.width) * 4);
  const row = new Uint8ClampedArray(size.width * 4);
  let y = 0;
  for (let from = part.y; from < part.y + part.height; from++) {
    photo.read(from, line);
    const made = shrink.push(visible);
    if (!made) continue;
    row.set(made);
    draw?.(y++, row);
    if (draw && strength < 1) blendRow(made, row, strength);
    await take(row);
  }
}

/** All of a drawing at the photo's size, with its detail. */
export async function enlargeWhole(drawn: Pixels, photo: Pixels): Promise<Pixels> {
  const { width, height, data } = photo;
  const whole = { width, height };
  const read = (y: number, rgba: Uint8ClampedArray) =>
    rgba.set(data.subarray(y * width * 4, (y + 1) * width * 4));
  const all = { whole, crop: { x: 0, y: 0, ...whole }, size: whole };
  return collected(whole, (take) => enlarge(drawn, { ...whole, read }, all, 1, take));
}

/** The rows as one picture. */
export async function collected(
  { width, height }: Size,
  rows: (take: TakeRow) => Promise<void>,
): Promise<Pixels> {
  const data = new Uint8ClampedArray(width * height * 4);
  let at = 0;
  await rows((row) => {
    data.set(row, at);
    at += row.length;
  });
  return { width, height, data };
}

/** The same part in whole pixels of the photo, and no fewer of them than are to be made. */
function partOf(crop: Part, scale: { across: number; down: number }, photo: Size, size: Size): Part {
  const width = Math.min(photo.width, Math.max(size.width, Math.round(crop.width * scale.across)));
  const height = Math.min(photo.height, Math.max(size.height, Math.round(crop.height * scale.down)));
  const x = Math.min(photo.width - width, Math.round(crop.x * scale.across));
  const y = Math.min(photo.height - height, Math.round(crop.y * scale.down));
  return { x, y, width, height };
}

/** Pixels are squares, whose middles are compared. */
function lineOf(from: number, length: number, count: number, scale: number) {
  const step = (length / count) * scale;
  return { start: from * scale + step / 2 - 0.5, step };
}

function reduced(photo: Photo, to: Size): Pixels {
  const shrink = new Shrink(photo, { width: to.width, height: to.height });
  const line = new Uint8ClampedArray(photo.width * 4);
  for (let y = 0; y < photo.height; y++) {
    photo.read(y, line);
    shrink.push(line);
  }
  return shrink.finish();
}
