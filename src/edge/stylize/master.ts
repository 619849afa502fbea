import { ProblemError } from "../../contract/problem.ts";
import type { Style } from "../../contract/style.ts";
import { DecodeError, decode, encode, fromRgb, hasAlpha, type Pixels, toRgb } from "../image/index.ts";
import { draw } from "../inference/draw.ts";
import type { Kit } from "../kit.ts";
import { probe } from "../source/probe.ts";
import { readObject, removeObject, writeOnce } from "../storage/objects.ts";
import { requireDrawable } from "./drawable.ts";
import type { Order } from "./order.ts";

/**
 * A master is a whole picture as the network drew it, at working size, with the source's transparency: what every size, crop, format
 * and strength is made from. Stored as PNG.
 */

/**
 * The photo as the network gets it: upright, the longer side at most the working size. Takes the order's bytes, which are nobody's once
 * this is done.
 */
export async function photoOf({ bytes: handover, style }: Order, kit: Kit): Promise<Pixels> {
  const bytes = handover.take();
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  const target = { longSide: kit.config.workingSize };
  requireDrawable(probed, target, [style]);
  return kit.timing.measure("decode", async () => {
    try {
      return await decode(bytes, probed, target);
    } catch (error) {
      if (error instanceof DecodeError)
        throw new ProblemError("corrupt_picture", error.message, { cause: error });
      throw error;
    }
  });
}

export async function drawMaster(photo: Pixels, style: Style, kit: Kit): Promise<Pixels> {
  const rgb = await kit.timing.measure("infer", () => draw(toRgb(photo), photo, style.id, kit.inference));
  return fromRgb(rgb, photo.width, photo.height, hasAlpha(photo) ? photo : undefined);
}

export const masterFile = (master: Pixels): Promise<Uint8Array> => encode(master, "png", 100);

export const storeMaster = (key: string, file: Uint8Array, kit: Kit): Promise<boolean> =>
  writeOnce(kit.bucket, key, file, "image/png");

/** The stored master; undefined where there is none. One whose data is broken is removed, so that it can be made anew. */
export async function findMaster(key: string, kit: Kit): Promise<Pixels | undefined> {
  const file = await kit.timing.measure("lookup", () => readObject(kit.bucket, key));
  if (!file) return undefined;
  const master = await readMaster(file, kit);
  if (!master) {
    console.error(JSON.stringify({ event: "broken_master", key }));
    await removeObject(kit.bucket, key);
  }
  return master;
}

/** Undefined where the file is no picture, or a broken one. */
export async function readMaster(file: Uint8Array, kit: Kit): Promise<Pixels | undefined> {
  const probed = probe(file);
  if (!probed.ok) return undefined;
  try {
    return await kit.timing.measure("decode", () =>
      decode(file, probed, { longSide: kit.config.workingSize }),
    );
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
