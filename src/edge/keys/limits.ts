import { isoTime } from "../../contract/encoding.ts";
/** What a key may still do, told with each answer. */
export type Limits = {
  minute?: Limit;
  month?: Limit;
};

export type Limit = {
  quota: number;
  left: number;
  /** Seconds until all of it is there again. */
  reset: number;
};

/**
 * `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-11 has them. `qu` is left out for requests, which are its
 * default; pictures are none of the units that it registers so far, and naming them keeps a client from taking them for requests.
 *
 * @returns undefined where there is no limit: a list must not be empty
 */
export function rateLimitHeaders({ minute, month }: Limits): [policy: string, limit: string] | undefined {
  const policies: string[] = [];
  const limits: string[] = [];
  if (minute) {
    policies.push(`"minute";q=${minute.quota};w=60`);
    limits.push(`"minute";r=${minute.left};t=${minute.reset}`);
  }
  if (month) {
    // Months differ in length, and `w` is to be the same each time: it is left out.
    policies.push(`"month";q=${month.quota};qu="pictures"`);
    limits.push(`"month";r=${month.left};t=${month.reset}`);
  }
  return policies.length > 0 ? [policies.join(", "), limits.join(", ")] : undefined;
}

const MINUTE = 60_000;

/** Milliseconds since 1970 at which the minute of the clock began. */
export const minuteOf = (now: number): number => now - (now % MINUTE);

export const secondsToNextMinute = (now: number): number => Math.ceil((minuteOf(now) + MINUTE - now) / 1000);

/** `2026-11-29`, UTC. */
export const dayOf = (now: number): string => isoTime(now).slice(0, 10);

/** `2026-11`, UTC. */
export const monthOf = (now: number): string => isoTime(now).slice(0, 7);

export function secondsToNextMonth(now: number): number {
  const date = new Date(now);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return Math.ceil((next - now) / 1000);
}
