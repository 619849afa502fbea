import { blend, encode, fit as fitTo, type Pixels, type Rgba } from "../image/index.ts";
import type { Timing } from "../timing.ts";
import type { Order } from "./order.ts";

const WHITE: Rgba = [255, 255, 255, 255];
const TRANSPARENT: Rgba = [255, 255, 255, 0];

/**
 * Makes a variant of a master: strength, then size, then format. The photo is looked at for strengths below 1 only, and has the master's
 * size. What `pad` adds is white in JPEG and transparent elsewhere.
 */
export async function compose(
  master: Pixels,
  photo: Pixels | undefined,
  { transform, format, maxPixels }: Order,
  timing: Timing,
): Promise<Uint8Array> {
  const fitted = await timing.measure("compose", async () => {
    const drawn = photo ? blend(photo, master, transform.strength) : master;
    return fitTo(drawn, { ...transform, maxPixels }, format === "jpeg" ? WHITE : TRANSPARENT);
  });
  return timing.measure("encode", () => encode(fitted, format, transform.quality));
}
