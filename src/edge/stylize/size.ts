import {
  type AnswerFormat,
  MAX_OUTPUT_PIXELS,
  type Point,
  pixelsAsked,
  type Transform,
} from "../../contract/transform.ts";
import { maxPixels, type Plan, planFit, type Size, within } from "../image/index.ts";
import type { SourceRecord } from "../source/record.ts";

/** A picture that may be shown at a part of its size: both have the same shape. */
export type Extent = { original: Size; whole: Size };

/** For the memory that a drawing takes beside its photo. */
const MAX_DRAWN_PIXELS = 2 * 1024 * 1024;

/** Pixels of the longer side of the largest drawing of a picture. */
export function largestDrawn(whole: Size): number {
  const { width, height } = shrunkTo(whole, MAX_DRAWN_PIXELS);
  return Math.max(width, height);
}

/** What is known of a picture is known of the largest that any format has room for. */
export const roomOf = (format: AnswerFormat, isTransparent: boolean): number =>
  maxPixels(format !== "json" ? format : isTransparent ? "png" : "jpeg", isTransparent);

/**
 * The upright source, as far as it may be shown, which is at the working size at least; undefined where nobody knows what memory it takes.
 *
 * @param isWhole whole pictures of it lie in memory
 */
export function extentOf(
  { original, room }: Pick<SourceRecord, "original" | "room">,
  workingSize: number,
  isWhole: boolean,
): Extent | undefined {
  if (!original || room === undefined) return undefined;
  const least = within(original, workingSize);
  const pixels = isWhole ? Math.min(room, MAX_OUTPUT_PIXELS) : room;
  return { original, whole: pixels > least.width * least.height ? shrunkTo(original, pixels) : least };
}

/** The picture, reduced so that it has at most so many pixels. */
export function shrunkTo(size: Size, pixels: number): Size {
  const [long, short] = [Math.max(size.width, size.height), Math.min(size.width, size.height)];
  let side = Math.min(long, Math.max(1, Math.floor(Math.sqrt((pixels * long) / short))));
  let shrunk = within(size, side); // as decoders round it
  while (side > 1 && shrunk.width * shrunk.height > pixels) shrunk = within(size, --side);
  return shrunk;
}

/**
 * What the options make of a picture, in pixels of what may be shown of it, wherever it is cut: of the shape that they would make of all of
 * it, where there is not the memory for that.
 *
 * @param room pixels that the format has room for, up to which pictures are enlarged too, but never beyond MAX_OUTPUT_PIXELS
 */
export function fitOf(
  { original, whole }: Extent,
  transform: Transform,
  room: number,
  gravity?: Point,
): Plan {
  const pixels = whole.width * whole.height;
  const maxPixels = Math.min(room, Math.max(MAX_OUTPUT_PIXELS, pixels));
  const mayEnlarge = transform.fit !== "scale-down" && transform.fit !== "crop";
  if (mayEnlarge) return planFit(whole, { ...transform, maxPixels }, gravity);
  const { crop, size } = planFit(original, { ...transform, maxPixels }, gravity);
  const share = whole.width / original.width;
  const part = scaledPart(crop, { across: share, down: whole.height / original.height }, whole);
  const inside = Math.min(1, part.width / size.width, part.height / size.height);
  const scale = Math.min(inside, Math.sqrt(room / (size.width * size.height)));
  const given = scale < 1 ? sized(size, scale) : size;
  return { crop: part, size: given, canvas: given };
}

const sized = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.floor(width * scale)),
  height: Math.max(1, Math.floor(height * scale)),
});

type Part = Plan["crop"];

/** The same part of the same picture in another size. */
export function scaledPart(
  part: Part,
  { across, down }: { across: number; down: number },
  picture: Size,
): Part {
  const width = Math.min(picture.width, Math.max(1, Math.round(part.width * across)));
  const height = Math.min(picture.height, Math.max(1, Math.round(part.height * down)));
  const x = Math.min(picture.width - width, Math.round(part.x * across));
  const y = Math.min(picture.height - height, Math.round(part.y * down));
  return { x, y, width, height };
}

/** Pixels of the answer; of those that always have as many, whatever the picture, that many. */
export function pixelsOf(extent: Extent | undefined, transform: Transform): number {
  const asked = pixelsAsked(transform);
  if (asked > 0 || !extent) return asked;
  const { canvas } = fitOf(extent, transform, Number.POSITIVE_INFINITY);
  return canvas.width * canvas.height;
}

/** Whether an answer has pixels that the picture has not. */
export function isEnlarging(extent: Extent | undefined, transform: Transform, room: number): boolean {
  if (!extent) return true;
  const { crop, size } = fitOf(extent, transform, room);
  return size.width > crop.width || size.height > crop.height;
}

/** The longer side of the whole picture at the scale at which the options show it, but never beyond its own. */
export function longSideShown(extent: Extent, transform: Transform, room: number): number {
  const { crop, size } = fitOf(extent, transform, room);
  return Math.max(extent.whole.width, extent.whole.height) * Math.min(1, size.width / crop.width);
}

/** What the options would make of all of the source; undefined where that is what they make of what can be shown of it. */
export function limitedFrom(
  { original, whole }: Extent,
  transform: Transform,
  room: number,
): Size | undefined {
  const wanted = fitOf({ original, whole: original }, transform, Number.POSITIVE_INFINITY).canvas;
  const given = fitOf({ original, whole }, transform, room).canvas;
  return wanted.width > given.width || wanted.height > given.height ? wanted : undefined;
}
