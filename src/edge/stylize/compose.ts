import { type Colour, groundOf, type OutputFormat, type Point } from "../../contract/transform.ts";
import {
  applyFit,
  blend,
  encode,
  type Face,
  isPlausible,
  layBackdrop,
  type Matte,
  type Pixels,
  type Plan,
  planFit,
  pointOf,
} from "../image/index.ts";
import type { Timing } from "../timing.ts";
import type { Master } from "./master.ts";
import type { Order } from "./order.ts";

const WHITE: Colour = [255, 255, 255, 255];
const TRANSPARENT: Colour = [255, 255, 255, 0];

/**
 * Makes a variant of a master: strength, then what is behind people, then size, then format. The photo and the matte have the master's size.
 * Without a background, what is transparent and what `pad` adds is white in JPEG and stays transparent elsewhere.
 */
export async function compose(
  master: Master,
  photo: Pixels | undefined,
  order: Order,
  format: OutputFormat,
  timing: Timing,
  matte?: Matte,
): Promise<Uint8Array> {
  const { transform } = order;
  const fitted = await timing.measure("compose", async () => {
    const drawn = photo ? blend(photo, master.picture, transform.strength) : master.picture;
    const { backdrop } = transform;
    const laid = matte && backdrop !== "stylize" ? layBackdrop(drawn, matte, backdrop, photo) : drawn;
    return applyFit(laid, planOf(master, order), groundOf(transform) ?? bareBackground(format));
  });
  const marker = transform.metadata !== "none" && transform.strength > 0; // at 0 it is the photo
  return timing.measure("encode", () => encode(fitted, format, transform.quality, { marker }));
}

/** Where the picture is cut is looked for in the drawing, whatever the strength: all sizes and strengths show the same part. */
export function planOf(
  { picture, faces }: Master,
  { transform, maxPixels }: Order,
): Plan & { gravity: Point } {
  const box = { ...transform, maxPixels };
  const boxes = surely(faces ?? []).map((face) => face.box);
  const gravity = pointOf(transform.gravity, picture, planFit(picture, box).crop, boxes);
  return { ...planFit(picture, box, gravity), gravity };
}

/** What surely are faces; where nothing is, whatever may be. */
function surely(faces: readonly Face[]): readonly Face[] {
  const plausible = faces.filter(isPlausible);
  return plausible.length > 0 ? plausible : faces;
}

const bareBackground = (format: OutputFormat) => (format === "jpeg" ? WHITE : TRANSPARENT);
