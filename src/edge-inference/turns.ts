import { OipError } from "../contract/oip.ts";

/** A place, held from before a request's body is read, so that the bodies in memory are bounded. */
export type Place = {
  /**
   * Waits until those before have had their turn, then has the runtime alone. The work calls `alive` between its steps.
   *
   * @throws OipError 499 where the client leaves while it waits, 503 where the place was taken for dead
   */
  turn: <Result>(work: (alive: () => void) => Promise<Result>, signal: AbortSignal) => Promise<Result>;
  /** Call it once the request is over, whatever came of it. */
  leave: () => void;
};

type Limits = {
  /** Places. */
  most: number;
  /** Milliseconds without a sign of life after which who holds a place, or has its turn, is taken for dead. */
  longest: number;
  now: () => number;
  /** Rings once after so many milliseconds, unless what it returns is called before. */
  after: (milliseconds: number, ring: () => void) => () => void;
};

/** `heard`: when it gave its last sign of life. */
type Holder = { heard: number; begin: () => void };

/**
 * One after the other, first come, first served. workerd may end a request in the middle of whatever it does, without a word to anybody: then
 * nothing that it would have done next happens, so that those who wait look for themselves whether who is before them lives.
 */
export class Turns {
  readonly #limits: Limits;
  readonly #holders = new Set<Holder>();
  readonly #waiting = new Set<Holder>();
  #running: Holder | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#holders.size;
  }

  /** @throws OipError 503 where no place is left */
  enter(): Place {
    this.#forgetTheDead();
    if (this.#holders.size >= this.#limits.most) throw new OipError(503, "the engine is busy");
    const holder: Holder = { heard: this.#limits.now(), begin: () => {} };
    this.#holders.add(holder);
    return {
      turn: async (work, signal) => {
        await this.#wait(holder, signal);
        try {
          return await work(() => this.#hear(holder));
        } finally {
          this.#leave(holder);
        }
      },
      leave: () => this.#leave(holder),
    };
  }

  async #wait(holder: Holder, signal: AbortSignal): Promise<void> {
    this.#hear(holder);
    if (signal.aborted) throw gone();
    let cancel = () => {};
    let onAbort = () => {};
    const begun = new Promise<void>((resolve, reject) => {
      holder.begin = resolve;
      onAbort = () => reject(gone());
      signal.addEventListener("abort", onAbort);
      // Twice in the time after which it would itself be taken for dead.
      const look = () => {
        if (!this.#holders.has(holder)) return reject(dead());
        holder.heard = this.#limits.now();
        this.#forgetTheDead();
        if (this.#waiting.has(holder)) cancel = this.#limits.after(this.#limits.longest / 2, look);
      };
      this.#waiting.add(holder);
      this.#next();
      look();
    });
    try {
      await begun;
    } catch (error) {
      this.#leave(holder);
      throw error;
    } finally {
      cancel();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Who was dead for the others must not go on beside the one that came after. */
  #hear(holder: Holder): void {
    if (!this.#holders.has(holder)) throw dead();
    holder.heard = this.#limits.now();
  }

  #leave(holder: Holder): void {
    this.#holders.delete(holder);
    this.#waiting.delete(holder);
    if (this.#running === holder) this.#running = undefined;
    this.#next();
  }

  #next(): void {
    const [first] = this.#waiting;
    if (this.#running || !first) return;
    this.#waiting.delete(first);
    this.#running = first;
    first.heard = this.#limits.now();
    first.begin();
  }

  #forgetTheDead(): void {
    const { now, longest } = this.#limits;
    for (const holder of this.#holders) if (now() - holder.heard > longest) this.#leave(holder);
  }
}

const dead = () => new OipError(503, "the request gave no sign of life for too long");
const gone = () => new OipError(499, "the client went away");
