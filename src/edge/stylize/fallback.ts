import type { Source } from "../../contract/source.ts";
import type { Kit } from "../kit.ts";
import { fallbackKey } from "../storage/keys.ts";
import { compose } from "./compose.ts";
import { photoOf } from "./master.ts";
import { placeOrder, type Wish, withBytes } from "./order.ts";
import type { Stylized } from "./stylize.ts";
import { findVariant, storeVariant } from "./variant.ts";

/**
 * The operator's picture in place of one that cannot be had: in the size and format that were asked for, not drawn, since it is there for
 * when drawing fails.
 *
 * @returns undefined where not a picture was asked for, but what is known of one
 * @throws what asProblem tells
 */
export async function fallback(wish: Wish, source: Source, kit: Kit): Promise<Stylized | undefined> {
  const transform = { ...wish.transform, strength: 0 };
  const placed = await placeOrder({ ...wish, transform, source }, kit);
  const { format } = placed;
  if (format === "json") return undefined;
  const named = { ...placed, variantKey: await fallbackKey(placed.variantKey) };
  const stored = await findVariant(named, kit);
  if (stored) return { order: named, variant: stored };
  const current = await withBytes(placed, kit);
  const variantKey = await fallbackKey(current.variantKey);
  const order = { ...current, variantKey, extent: undefined, limitedFrom: undefined, isLarge: false };
  const photo = await photoOf(order, kit);
  const bytes = await compose({ picture: photo, faces: undefined }, undefined, order, format, kit.timing);
  return { order, variant: storeVariant(order, bytes, undefined, kit) };
}
