/** Of the questions asked, the share that may be asked once more. */
const SHARE = 0.2;

/**
 * Tokens a second besides, so that an isolate of few questions may repeat one at all: one in twenty seconds, since hundreds of isolates may ask
 * the same endpoint, and each has its own.
 */
const RESERVE = 0.05;

/** What is kept of them: questions of long ago allow no storm of repeated ones now. */
const MOST = 10;

/**
 * What asking twice may cost, as Finagle's retry budget and Envoy's: an endpoint that is slow because it has too much to do is not given a
 * multiple of it.
 */
export class RetryBudget {
  readonly #now: () => number;
  #tokens = 1;
  #countedAt: number | undefined;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A question is asked. */
  deposit(): void {
    this.#accrue();
    this.#tokens = Math.min(MOST, this.#tokens + SHARE);
  }

  /** Whether one may be asked once more, which is counted. */
  withdraw(): boolean {
    this.#accrue();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #accrue(): void {
    const now = this.#now();
    const seconds = Math.max(0, now - (this.#countedAt ?? now)) / 1000;
    this.#countedAt = now;
    this.#tokens = Math.min(MOST, this.#tokens + seconds * RESERVE);
  }
}
