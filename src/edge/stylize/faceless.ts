import { asProblem } from "../as-problem.ts";
import type { Kit } from "../kit.ts";
import { Recent } from "../storage/recent.ts";
import { log } from "../telemetry/log.ts";
import type { Order } from "./order.ts";

/**
 * What lately had a frame drawn, but not its heads, and until when (milliseconds since 1970) they are not asked for again: first endpoints, by
 * their URLs, which have no detector, and masters of theirs, for which it had no time.
 */
const away = new Recent<number>(200);

/** Milliseconds. A server that has no detector would be asked, and the frame drawn, for every picture; a busy one, for each size of one. */
const ASK_AGAIN = 30_000;

/** Whether heads need not be tried now. Who would rather wait for them does not take a busy detector's word for a while. */
export function areHeadsAway(order: Order, kit: Kit): boolean {
  const { inference, now } = kit;
  const isAway = (key: string) => now() < (away.get(key) ?? 0);
  return isAway(inference.endpoints[0].url) || (!waitsForHeads(kit) && isAway(masterOf(order, kit)));
}

/** The frame is drawn and kept: whoever asks for another size of it next does not have it drawn again. */
export const rememberHeadless = (order: Order, kit: Kit): void =>
  away.set(masterOf(order, kit), kit.now() + ASK_AGAIN);

const masterOf = ({ masterKey }: Order, { inference }: Kit) => `${inference.endpoints[0].url} ${masterKey}`;

/** Whether a picture without its heads is worse than none yet. */
export const waitsForHeads = ({ headsUntil, now }: Kit): boolean => now() < headsUntil;

/**
 * What the work gives; undefined where it fails, which is logged, and remembered of an endpoint that answers wrongly, as one does that has no
 * detector. One that is busy may have time for the next picture.
 *
 * @throws where memory ran out: the frame would do so too; and what passes, where the heads are waited for
 */
export async function attemptHeads<Result>(
  work: () => Promise<Result>,
  kit: Kit,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    const { code, detail, cause } = asProblem(error);
    const isPassing = code === "inference_unavailable" || code === "inference_timeout";
    if (code === "overloaded" || (isPassing && waitsForHeads(kit))) throw error;
    const reason = cause instanceof Error ? (cause.stack ?? String(cause)) : cause;
    log("error", "heads_failed", { code, detail, reason });
    if (code === "inference_failed") away.set(kit.inference.endpoints[0].url, kit.now() + ASK_AGAIN);
    return undefined;
  }
}
