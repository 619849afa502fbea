const SECOND = 1000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** After the first failure, the second, and so on; after these, hourly. */
const DELAYS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];

/** Those that failed together shall not come back together: a delay is longer or shorter by as much as this part of it. */
const JITTER = 0.2;

/**
 * Milliseconds until the next attempt.
 *
 * @param failures so far, one at least
 * @param chance 0 to 1
 * @param asked seconds that the endpoint wants us to wait; they may lengthen a delay, to an hour, and never shorten it
 */
export function delayAfter(failures: number, chance: number, asked = 0): number {
  const delay = (DELAYS[failures - 1] ?? HOUR) * (1 + JITTER * (2 * chance - 1));
  return Math.round(Math.max(delay, Math.min(asked * SECOND, HOUR)));
}
