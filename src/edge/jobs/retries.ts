import type { ProblemCode } from "../../contract/problem.ts";
import type { Trouble } from "./state.ts";

/**
 * How often an output is tried, by what went wrong. Trouble of the service itself passes: it is tried until the stylization's deadline. A
 * source that is away may be a host that was never there: some four minutes will do. What should not happen may have been chance, a few
 * times. Everything else stays as it is, and is told at once.
 */
const TRIES: Partial<Record<ProblemCode, number>> = {
  inference_unavailable: Number.POSITIVE_INFINITY,
  inference_timeout: Number.POSITIVE_INFINITY,
  moderation_unavailable: Number.POSITIVE_INFINITY,
  storage_unavailable: Number.POSITIVE_INFINITY,
  overloaded: Number.POSITIVE_INFINITY,
  source_unreachable: 8,
  source_timeout: 8,
  source_status: 8,
  inference_failed: 3,
  internal: 3,
};

/** How often whoever draws an output may fall silent: a picture may be what kills it. */
export const MOST_LOSSES = 5;

/** @param attempts how often it was tried, this time included */
export const isWorthTrying = ({ code }: Trouble, attempts: number): boolean => attempts < (TRIES[code] ?? 1);

/** Milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/**
 * Milliseconds until the next try: doubled each time, and scattered, so that what failed at once does not come back at once.
 *
 * @param random 0 to 1
 */
export function pauseAfter({ retryAfter = 0 }: Trouble, attempts: number, random: number): number {
  const doubled = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
  return Math.max(retryAfter * 1000, Math.round(doubled * (0.75 + random / 2)));
}
