import {
  type AnswerFormat,
  MAX_OUTPUT_PIXELS,
  type Point,
  pixelsAsked,
  type Transform,
} from "../../contract/transform.ts";
import { maxPixels, type Plan, planFit, type Size, within } from "../image/index.ts";
import type { SourceRecord } from "../source/record.ts";

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

/** The upright source, as far as it may be shown, which is at the working size at least; undefined where nobody knows what memory it takes. */
export function sizeOf(
  { original, room }: Pick<SourceRecord, "original" | "room">,
  workingSize: number,
): Size | undefined {
  if (!original || room === undefined) return undefined;
  const least = within(original, workingSize);
  return room > least.width * least.height ? shrunkTo(original, room) : least;
}

/** The picture, reduced so that it has at most so many pixels. */
export function shrunkTo({ width, height }: Size, pixels: number): Size {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/**
 * What the options make of a picture of this size, wherever it is cut.
 *
 * @param formatRoom pixels up to which pictures are enlarged, but never beyond MAX_OUTPUT_PIXELS
 */
export function fitOf(whole: Size, transform: Transform, formatRoom: number, gravity?: Point): Plan {
  const room = Math.max(Math.min(formatRoom, MAX_OUTPUT_PIXELS), whole.width * whole.height);
  return planFit(whole, { ...transform, maxPixels: room }, gravity);
}

/** Pixels of the answer; of those that always have as many, whatever the picture, that many. */
export function pixelsOf(whole: Size | undefined, transform: Transform): number {
  const asked = pixelsAsked(transform);
  if (asked > 0 || !whole) return asked;
  const { canvas } = fitOf(whole, transform, MAX_OUTPUT_PIXELS);
  return canvas.width * canvas.height;
}

/** The longer side of the whole picture at the scale at which the options show it, but never beyond its own. */
export function longSideShown(whole: Size, transform: Transform): number {
  const { crop, size } = fitOf(whole, transform, MAX_OUTPUT_PIXELS);
  return Math.max(whole.width, whole.height) * Math.min(1, size.width / crop.width);
}

/** What the options would make of all of the source; undefined where that is what they make of what can be shown of it. */
export function limitedFrom(
  { original }: Pick<SourceRecord, "original">,
  whole: Size | undefined,
  transform: Transform,
): Size | undefined {
  if (!original || !whole) return undefined;
  const [wanted, given] = [original, whole].map((size) => fitOf(size, transform, 0).canvas) as [Size, Size];
  return wanted.width > given.width || wanted.height > given.height ? wanted : undefined;
}
