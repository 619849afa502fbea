import {
  enlargedFace,
  enlargedHead,
  enlargeWhole,
  fromRgb,
  hasAlpha,
  headsOf,
  type Rgb,
  toRgb,
} from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { largeKey } from "../storage/keys.ts";
import { drawHeads } from "./heads.ts";
import { findMaster, type Master, masterFile, photoOf, storeMaster } from "./master.ts";
import { type Order, withBytes } from "./order.ts";
import { largestDrawn } from "./size.ts";

/**
 * For an answer larger than its master: a head that was drawn by itself has fewer pixels there than it was drawn with. The drawing is enlarged,
 * and the heads are cut from the photo anew, drawn, and laid into that. Stored as another master, which all large answers share.
 *
 * @returns the given one where it has no such heads
 * @throws what `draw` does, and what finding the source's bytes does
 */
export async function withLargeHeads(
  master: Master,
  order: Order,
  kit: Kit,
): Promise<{ order: Order; master: Master }> {
  const { faces, picture } = master;
  const { extent, style, maxFaces } = order;
  const side = extent ? largestDrawn(extent.whole) : 0;
  const hasHeads = faces?.some(({ drawn }) => drawn === "head");
  if (!faces || !hasHeads || side <= Math.max(picture.width, picture.height)) return { order, master };
  const key = await largeKey(order.masterKey, side);
  const stored = await findMaster(key, kit);
  if (stored) return { order, master: stored };
  const current = await withBytes(order, kit);
  if (current.variantKey !== order.variantKey) return { order: current, master }; // another picture by now
  const photo = await photoOf({ ...current, workingSize: side }, kit);
  const { width, height } = photo;
  const times = width / picture.width;
  const heads = headsOf(faces, maxFaces).map((head) => enlargedHead(head, times));
  const frame = await kit.timing.measure("compose", () => enlargeWhole(picture, photo));
  const [seen, canvas] = [photo, frame].map((pixels) => ({ width, height, data: toRgb(pixels) })) as [
    Rgb,
    Rgb,
  ];
  const { data } = await kit.timing.measure("heads", () =>
    drawHeads(seen, canvas, heads, style.id, kit.inference),
  );
  const large = {
    picture: fromRgb(data, width, height, hasAlpha(photo) ? photo : undefined),
    faces: faces.map((face) => enlargedFace(face, times)),
  };
  const file = await kit.timing.measure("store", () => masterFile(large), "master");
  kit.waitUntil(storeMaster(key, file, kit));
  return { order: current, master: large };
}
