import type { Config } from "../config.ts";
import type { Kit } from "../kit.ts";
import { logStorage } from "../storage/objects.ts";
import { askEngines, type Engines } from "./engines.ts";

export type Readiness = Engines & {
  /** Whether it answers. */
  hasStorage: boolean;
};

/** Milliseconds for which it is not asked anew. What is in order stays so for a while; who waits until it is should hear of it at once. */
const READY = 10_000;
const NOT_READY = 1_000;

/** Milliseconds after which whoever asks is taken for gone: some more than the endpoints of a chain have for one answer. */
const ASKING = 15_000;

/** Milliseconds between two looks whether another request has its answers. */
const LOOK = 20;

type Known = { readiness?: Readiness; until: number; askedUntil: number };

/** Of this isolate, for each configuration that it has had, of which a Worker has one. */
const known = new WeakMap<Config, Known>();

/**
 * Whether pictures can be made: asked once for all who want to know in these seconds, since anybody may, and it takes a request for each style.
 * Requests share what was told, not the promise of it: who waits for another request's would wait for ever where that is cancelled.
 */
export async function readinessOf(kit: Pick<Kit, "bucket" | "inference" | "edge" | "config" | "now">) {
  const { config, now } = kit;
  const memo = known.get(config) ?? { until: 0, askedUntil: 0 };
  known.set(config, memo);
  while (!memo.readiness && now() < memo.askedUntil) await scheduler.wait(LOOK);
  if (memo.readiness && now() < Math.max(memo.until, memo.askedUntil)) return memo.readiness;
  memo.askedUntil = now() + ASKING;
  const [hasStorage, engines] = await Promise.all([answers(kit.bucket), askEngines(kit)]);
  const isReady = hasStorage && engines.isWhole;
  memo.readiness = { ...engines, hasStorage };
  memo.until = now() + (isReady ? READY : NOT_READY);
  memo.askedUntil = 0;
  return memo.readiness;
}

async function answers(bucket: R2Bucket): Promise<boolean> {
  try {
    await bucket.head("readyz");
    return true;
  } catch (error) {
    logStorage("head", "readyz", error);
    return false;
  }
}
