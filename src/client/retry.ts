import { retryAfterOf } from "./error.ts";
import { type Pause, pause } from "./pause.ts";

export type RetryOptions = {
  /** Attempts after the first. */
  retries: number;
  /** Seconds: where the service asks for more patience than this, its answer is given instead. */
  longestWait: number;
  pause: Pause;
  /** From 0 to 1. */
  random: () => number;
};

export const RETRIES: RetryOptions = { retries: 4, longestWait: 60, pause, random: Math.random };

/**
 * When a request may be sent once more. `always`: it does the same twice as once. `unavailable`: it did nothing if the service says 503.
 * `refused`: only where it was not let in.
 */
export type Repeatable = "always" | "unavailable" | "refused";

/** By its method, and by whether the service knows it again. */
export function repeatable({ method, headers }: Pick<Request, "method" | "headers">): Repeatable {
  const isSafe = ["GET", "HEAD", "OPTIONS", "PUT"].includes(method);
  return isSafe || headers.has("Idempotency-Key") ? "always" : "refused";
}

/**
 * Sends a request until it is answered, with pauses that double and vary, so that many clients do not come back at once; never sooner than
 * `Retry-After`.
 *
 * @param send makes an attempt, each time with a body of its own
 */
export async function withRetries(
  send: () => Promise<Response>,
  kind: Repeatable,
  signal: AbortSignal | undefined,
  { retries, longestWait, pause, random }: RetryOptions,
): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt >= retries;
    const backoff = 0.5 * 2 ** attempt * (0.5 + random() / 2);
    try {
      const response = await send();
      const wait = isLast ? undefined : waitFor(response, kind, backoff);
      if (wait === undefined || wait > longestWait) return response;
      await response.body?.cancel();
      await pause(wait, signal);
    } catch (error) {
      if (isLast || kind !== "always" || signal?.aborted) throw error;
      await pause(backoff, signal);
    }
  }
}

/** Seconds; undefined where it is to be left at this answer. */
function waitFor({ status, headers }: Response, kind: Repeatable, backoff: number): number | undefined {
  const asked = retryAfterOf(headers);
  // A month's quota comes back too, later than `longestWait`.
  if (status === 429) return asked === undefined ? undefined : Math.max(asked, backoff);
  if (status === 503 && kind !== "refused") return Math.max(asked ?? 0, backoff);
  // The first of two requests with one Idempotency-Key is under way.
  if (status === 409 && kind === "always" && asked !== undefined) return Math.max(asked, backoff);
  return undefined;
}
