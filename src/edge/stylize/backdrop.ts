import { ProblemError } from "../../contract/problem.ts";
import {
  DecodeError,
  decode,
  isNobodyIn,
  type Matte,
  matteFile,
  matteFrom,
  type Pixels,
  toRgb,
} from "../image/index.ts";
import { segment } from "../inference/segment.ts";
import type { Kit } from "../kit.ts";
import { probe } from "../source/probe.ts";
import { readObject, removeObject, writeOnce } from "../storage/objects.ts";
import type { Landing } from "../storage/single-flight.ts";
import { log } from "../telemetry/log.ts";
import { photoOf } from "./master.ts";
import { once } from "./once.ts";
import { type Order, withBytes } from "./order.ts";

/** A matte for an order: another one where the picture at its URL changed meanwhile. The photo too, where making the one took the other. */
export type Matted = { order: Order; matte: Matte; photo?: Pixels | undefined };

/** Whether who is in the picture decides what is answered. */
export const needsMatte = ({ transform }: Order): boolean => transform.backdrop !== "stylize";

/**
 * Who is in the picture: stored, or seen by the segmenter, once for all who want it at the same time.
 *
 * @param photo where it is at hand
 * @throws what `segment` does, and what getting the photo does
 */
export function matteOf(order: Order, photo: Pixels | undefined, kit: Kit): Promise<Matted> {
  const stored = async () => {
    const matte = await findMatte(order.matteKey, kit);
    return matte && { order, matte, photo };
  };
  const lead = async () => {
    const found = await stored(); // another flight may have landed since
    if (found) return { result: found, landing: { kind: "stored" } as const };
    const { matted, file, storing } = await seeAndStore(order, photo, kit);
    const isSame = matted.order.matteKey === order.matteKey;
    const landing = storing.then(
      (isStored): Landing => (isStored || !isSame ? { kind: "stored" } : { kind: "handed", bytes: file }),
    );
    return { result: matted, landing };
  };
  const take = async (landing: Landing): Promise<Matted | undefined> => {
    if (landing.kind !== "handed") return stored();
    const matte = await readMatte(landing.bytes, kit);
    return matte && { order, matte, photo };
  };
  const alone = async () => (await seeAndStore(order, photo, kit)).matted;
  return stored().then(
    (found) => found ?? once<Matted>({ kind: "matte", key: order.matteKey, lead, take, alone }, order, kit),
  );
}

/** @throws ProblemError nobody_found where a colour would be all that is left of the picture */
export function requireSomebody({ transform }: Order, matte: Matte): void {
  if (typeof transform.backdrop === "string" || !isNobodyIn(matte)) return;
  throw new ProblemError("nobody_found", "The network sees no person in the picture.");
}

/** The storing goes on after the answer. */
async function seeAndStore(known: Order, given: Pixels | undefined, kit: Kit) {
  const order = given ? known : await withBytes(known, kit);
  const photo = given ?? (await photoOf(order, kit));
  const { width, height } = photo;
  const data = await kit.timing.measure("segment", () => segment(toRgb(photo), photo, kit.inference));
  const matte = { width, height, data };
  const file = matteFile(matte);
  const storing = writeOnce(kit.bucket, order.matteKey, file, "image/png");
  kit.waitUntil(storing);
  return { matted: { order, matte, photo }, file, storing };
}

/** One whose data is broken is removed, so that it can be made anew. */
async function findMatte(key: string, kit: Kit): Promise<Matte | undefined> {
  const file = await kit.timing.measure("lookup", () => readObject(kit.bucket, key), "matte");
  if (!file) return undefined;
  const matte = await readMatte(file, kit);
  if (!matte) {
    log("error", "broken_matte", { key });
    await removeObject(kit.bucket, key);
  }
  return matte;
}

/** Undefined where the file is no picture, or a broken one. */
async function readMatte(file: Uint8Array, kit: Kit): Promise<Matte | undefined> {
  const probed = probe(file);
  if (!probed.ok) return undefined;
  try {
    return matteFrom(await decode(file, probed, { longSide: kit.config.workingSize }));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
