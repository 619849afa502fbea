import { asProblem } from "../as-problem.ts";
import type { Kit } from "../kit.ts";
import { Recent } from "../storage/recent.ts";

/** First endpoints that lately drew a frame, but not its heads, and until when (milliseconds since 1970) they are not asked again. */
const away = new Recent<number>(100);

/** Milliseconds. A server that has no detector would be asked, and the frame drawn, for every picture. */
const ASK_AGAIN = 30_000;

/** Whether heads need not be tried now. */
export const areHeadsAway = ({ inference, now }: Kit): boolean =>
  now() < (away.get(inference.endpoints[0].url) ?? 0);

export const rememberHeadsAway = ({ inference, now }: Kit): void =>
  away.set(inference.endpoints[0].url, now() + ASK_AGAIN);

/** What the work gives; undefined where it fails, which is logged. @throws where memory ran out: the frame would do so too */
export async function attemptHeads<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    const { code, detail, cause } = asProblem(error);
    if (code === "overloaded") throw error;
    const reason = cause instanceof Error ? (cause.stack ?? String(cause)) : cause;
    console.error(JSON.stringify({ event: "heads_failed", code, detail, reason }));
    return undefined;
  }
}
