import { ProblemError } from "../../contract/problem.ts";
import { type Colour, MAX_OUTPUT_PIXELS, type OutputFormat } from "../../contract/transform.ts";
import {
  applyFit,
  blend,
  collected,
  DecodeError,
  decode,
  type Enlargement,
  encode,
  enlarge,
  enlargeWhole,
  flattenRow,
  fromMatte,
  JpegStrips,
  layBackdrop,
  layOn,
  longSideFor,
  type Matte,
  markJpeg,
  matteFrom,
  type Pixels,
  resize,
  type TakeRow,
  withPhoto,
} from "../image/index.ts";
import { type Probe, probe } from "../source/probe.ts";
import type { Timing } from "../timing.ts";
import { backgroundOf, markerOf, type Shown } from "./compose.ts";
import type { Master } from "./master.ts";
import type { Order } from "./order.ts";
import { scaledPart } from "./size.ts";

export type Large = Shown & { enlarged: Enlargement };

/**
 * Makes a variant that is larger than its master: the drawing, enlarged with the source's own detail.
 *
 * @param order with its source's bytes, which it takes
 * @throws ProblemError corrupt_picture
 */
export async function composeLarge(
  { picture: drawn }: Master,
  matte: Matte | undefined,
  shown: Large,
  order: Order,
  format: OutputFormat,
  timing: Timing,
): Promise<Uint8Array> {
  const { drawn: plan, enlarged } = shown;
  const { strength, quality } = order.transform;
  const bytes = order.bytes.take();
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  const background = backgroundOf(order, format);
  const rows = (take: TakeRow) =>
    withPhoto(bytes, probed, longSideFor(enlarged), (photo) =>
      enlarge(drawn, photo, enlarged, strength, take),
    );
  try {
    if (matte) {
      const picture = await timing.measure("compose", () => laid(drawn, matte, shown, bytes, probed, order));
      return await timing.measure("encode", () => encode(picture, format, quality, markerOf(order)));
    }
    if (enlarged.size.width * enlarged.size.height > MAX_OUTPUT_PIXELS)
      return await timing.measure("compose", () =>
        strips(rows, enlarged, quality, background, markerOf(order)),
      );
    const picture = await timing.measure("compose", async () => {
      const shown = await collected(enlarged.size, rows);
      return layOn(await resize(shown, plan.size.width, plan.size.height), plan.canvas, background);
    });
    return await timing.measure("encode", () => encode(picture, format, quality, markerOf(order)));
  } catch (error) {
    if (error instanceof DecodeError)
      throw new ProblemError("corrupt_picture", error.message, { cause: error });
    throw error;
  }
}

/** With another ground: whole pictures, which have few enough pixels then. */
async function laid(
  drawn: Pixels,
  matte: Matte,
  { drawn: plan, enlarged }: Large,
  bytes: Uint8Array,
  probed: Probe,
  order: Order,
): Promise<Pixels> {
  const { transform, format } = order;
  const { strength, backdrop } = transform;
  if (backdrop === "stylize" || format === "json") throw new Error("there is nothing to lay");
  const photo = await decode(bytes, probed, { longSide: longSideFor(enlarged) });
  const large = blend(photo, await enlargeWhole(drawn, photo), strength);
  const people = matteFrom(await enlargeWhole(fromMatte(matte), photo));
  const { whole } = enlarged;
  const scale = { across: photo.width / whole.width, down: photo.height / whole.height };
  const crop = scaledPart(enlarged.crop, scale, photo);
  return applyFit(
    layBackdrop(large, people, backdrop, photo),
    { ...plan, crop },
    backgroundOf(order, format),
  );
}

async function strips(
  rows: (take: TakeRow) => Promise<void>,
  { size }: Enlargement,
  quality: number,
  [red, green, blue]: Colour,
  { marker }: { marker: boolean },
): Promise<Uint8Array> {
  const encoder = new JpegStrips(size, quality);
  await rows((row) => {
    flattenRow(row, [red, green, blue]);
    return encoder.push(row);
  });
  const file = encoder.finish();
  return marker ? markJpeg(file) : file;
}
