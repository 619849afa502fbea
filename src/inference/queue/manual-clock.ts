import type { Clock } from "./clock.ts";

/** A clock for tests that stands still until it is told how far to go. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ at: number; ring: () => void }>();

  now(): number {
    return this.#now;
  }

  after(seconds: number, ring: () => void): () => void {
    const alarm = { at: this.#now + seconds, ring };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Resolves when that much later; whoever waits for an alarm on the way has gone as far as they can. */
  async pass(seconds: number): Promise<void> {
    const end = this.#now + seconds;
    await settled();
    for (;;) {
      const [next] = [...this.#alarms].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#alarms.delete(next);
      this.#now = next.at;
      next.ring();
      await settled();
    }
    this.#now = end;
  }
}

/** Lets every promise that can go on do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
