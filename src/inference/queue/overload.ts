import type { Clock } from "./clock.ts";

/**
 * Whether more is asked for than can be done. It begins when somebody is turned away, or when waits have been longer
 * than the target for an interval (as in CoDel). Then turning away keeps the waits short, so that these say no more
 * when it is over: it is when lanes have been idle for as long as what was turned away would have taken.
 */
export class Overload {
  readonly #clock: Clock;
  /** Seconds of work that were turned away, less the time that lanes have been idle since. */
  #debt = 0;
  #settled: number;
  #longSince: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#settled = clock.now();
  }

  get debt(): number {
    return this.#debt;
  }

  /** @param interval seconds */
  lasts(interval: number): boolean {
    return this.#debt > 0 || (this.#longSince !== null && this.#clock.now() - this.#longSince > interval);
  }

  /** Pays for the time since the last call, in which that many lanes were idle. */
  settle(idleLanes: number): void {
    const now = this.#clock.now();
    this.#debt = Math.max(0, this.#debt - idleLanes * (now - this.#settled));
    this.#settled = now;
  }

  /** No more than `most`: after long overload, the way back to normal is no longer than after some. */
  turnedAway(seconds: number, most: number): void {
    this.#debt = Math.min(this.#debt + seconds, most);
  }

  /** A job has had its turn after that time; 0 where none was there to have it. */
  waited(seconds: number, target = 0): void {
    if (seconds <= target) this.#longSince = null;
    else this.#longSince ??= this.#clock.now();
  }
}
