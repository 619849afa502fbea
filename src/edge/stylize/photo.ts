import { ProblemError } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import type { Pixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { recallFailure, rememberFailure } from "../storage/failures.ts";
import { photoOf } from "./master.ts";
import { moderate, requireNotRefused } from "./moderate.ts";
import { type Order, withBytes } from "./order.ts";

/** A photo that may be drawn, or shown as it is, and the order for it: another one where the picture at its URL changed meanwhile. */
export type Read = { order: Order; photo: Pixels };

/** @throws ProblemError where it cannot be had, is broken, or is refused by the operator */
export async function readPhoto(order: Order, kit: Kit): Promise<Read> {
  await requireNotRefused(order, kit);
  const broken = await recallFailure(kit.cache, order.masterKey, kit.now());
  if (broken) throw ProblemError.of(broken.failure);
  const current = await withBytes(order, kit);
  const photo = await photoOf(current, kit).catch((error) => rememberBroken(error, current, kit));
  await moderate(photo, current, kit);
  return { order: current, photo };
}

/** Bytes that cannot be drawn cannot be drawn a second later either: their origin is spared, and the decoder. */
async function rememberBroken(error: unknown, { masterKey }: Order, kit: Kit): Promise<never> {
  const { code, detail } = asProblem(error);
  if (code === "corrupt_picture" || code === "picture_too_small") {
    const failure = { ok: false, code, detail } as const;
    await rememberFailure(kit.cache, masterKey, failure, kit.now(), kit.config.source.errorSeconds);
  }
  throw error;
}
