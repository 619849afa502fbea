import type { Clock } from "../../src/edge/inference/clock.ts";

/** A clock that stands still until a test moves it, in whatever unit its user counts. */
export class ManualClock implements Clock {
  #time = 1_000_000;
  readonly #alarms = new Set<{ at: number; ring: () => void }>();

  now = (): number => this.#time;

  after = (milliseconds: number, ring: () => void): (() => void) => {
    const alarm = { at: this.#time + milliseconds, ring };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  };

  /** Lets time pass, alarm by alarm, and whatever each sets going come to rest. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#time + milliseconds;
    await settled();
    for (let due = this.#due(until); due; due = this.#due(until)) {
      this.#alarms.delete(due);
      this.#time = due.at;
      due.ring();
      await settled();
    }
    this.#time = until;
  }

  #due(until: number) {
    return [...this.#alarms].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
  }
}

/** Until no promise waits for another. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
