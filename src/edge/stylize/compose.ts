import { CENTRE, type Colour, groundOf, type OutputFormat, type Point } from "../../contract/transform.ts";
import {
  applyFit,
  blend,
  type Enlargement,
  encode,
  type Face,
  isPlausible,
  layBackdrop,
  type Matte,
  type Pixels,
  type Plan,
  pointOf,
} from "../image/index.ts";
import type { Timing } from "../timing.ts";
import type { Master } from "./master.ts";
import type { Order } from "./order.ts";
import { fitOf, scaledPart } from "./size.ts";

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
    return applyFit(laid, planOf(master, order).drawn, backgroundOf(order, format));
  });
  return timing.measure("encode", () => encode(fitted, format, transform.quality, markerOf(order)));
}

/** At strength 0 it is the photo. */
export const markerOf = ({ transform }: Order) => ({
  marker: transform.metadata !== "none" && transform.strength > 0,
});

export const backgroundOf = ({ transform }: Order, format: OutputFormat): Colour =>
  groundOf(transform) ?? (format === "jpeg" ? WHITE : TRANSPARENT);

export type Shown = {
  gravity: Point;
  /** In pixels of the drawing. */
  drawn: Plan;
  /** Where the answer has more pixels than what is shown of the drawing: in those of the source. */
  enlarged: Enlargement | undefined;
};

/** Where the picture is cut is looked for in the drawing, whatever the strength: all sizes and strengths of one drawing show the same part. */
export function planOf({ picture, faces }: Master, { transform, extent, room }: Order): Shown {
  const known = extent ?? { original: picture, whole: picture };
  const { whole } = known;
  const boxes = surely(faces ?? []).map((face) => face.box);
  const scale = { across: picture.width / whole.width, down: picture.height / whole.height };
  const { width, height } = fitOf(known, transform, room).crop;
  const isCut = width < whole.width || height < whole.height;
  const window = { width: width * scale.across, height: height * scale.down };
  const gravity = isCut ? pointOf(transform.gravity, picture, window, boxes) : CENTRE;
  const plan = fitOf(known, transform, room, gravity);
  const { crop, size } = plan;
  const drawn = { ...plan, crop: scaledPart(crop, scale, picture) };
  const isMore = size.width > drawn.crop.width && whole.width > picture.width;
  return { gravity, drawn, enlarged: isMore ? { whole, crop, size: noLargerThan(crop, size) } : undefined };
}

/** No larger than the source's own pixels, of which all else is made. */
const noLargerThan = (crop: Plan["crop"], { width, height }: { width: number; height: number }) =>
  width <= crop.width && height <= crop.height
    ? { width, height }
    : { width: crop.width, height: crop.height };

/** What surely are faces; where nothing is, whatever may be. */
function surely(faces: readonly Face[]): readonly Face[] {
  const plausible = faces.filter(isPlausible);
  return plausible.length > 0 ? plausible : faces;
}
