import type { Clock } from "./clock.ts";

/**
 * Seconds of work that were turned away, less the time that lanes have been idle since: while there are any, more was
 * asked for than this machine can do. The queue itself cannot tell, for turning away keeps it short.
 */
export class Debt {
  readonly #clock: Clock;
  #seconds = 0;
  #settled: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#settled = clock.now();
  }

  get seconds(): number {
    return this.#seconds;
  }

  /** Pays for the time since the last call, in which that many lanes were idle. */
  settle(idleLanes: number): void {
    const now = this.#clock.now();
    this.#seconds = Math.max(0, this.#seconds - idleLanes * (now - this.#settled));
    this.#settled = now;
  }

  /** No more than `most`: after long overload, the way back to normal is no longer than after some. */
  add(seconds: number, most: number): void {
    this.#seconds = Math.min(this.#seconds + seconds, most);
  }
}
