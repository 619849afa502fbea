import { OipError } from "../contract/oip.ts";
import { Busy } from "./busy.ts";
import { Pace } from "./pace.ts";

/** A place, held from before a request's body is read, so that the bodies in memory are bounded. */
export type Place = {
  /**
   * Waits until those before have had their turn, then has the runtime alone. The work calls `alive` between its steps.
   *
   * @throws OipError 499 where the client leaves while it waits, 503 where the place was taken for dead, and Busy at once where it would take
   * longer than its time
   */
  turn: <Result>(
    asked: Asked,
    work: (alive: () => void) => Promise<Result>,
    signal: AbortSignal,
  ) => Promise<Result>;
  /** Rejects with 503 once it has been held for too long without a turn having been asked for. */
  lost: Promise<never>;
  /** Call it once the request is over, whatever came of it. */
  leave: () => void;
};

/** What is to be drawn. */
export type Asked = {
  pixels: number;
  /** That are held while it waits. */
  bytes: number;
  /** Milliseconds that it has for waiting and being drawn; undefined: as long as it takes. */
  timeout: number | undefined;
};

type Limits = {
  /** Places. */
  most: number;
  /** Bytes that all who hold a place hold at most. */
  mostBytes: number;
  /** Milliseconds without a sign of life after which who holds a place, or has its turn, is taken for dead. */
  longest: number;
  now: () => number;
  /** Rings once after so many milliseconds, unless what it returns is called before. */
  after: (milliseconds: number, ring: () => void) => () => void;
};

/** `heard`: when it gave its last sign of life; `pixels`: 0 until it is known what it asks for. */
type Holder = { heard: number; begin: () => void; bytes: number; pixels: number };

/**
 * One after the other, first come, first served; who would not be served in time is told so at once. workerd may end a request in the middle
 * of whatever it does, without a word to anybody: then nothing that it would have done next happens, so that those who wait look for themselves
 * whether who is before them lives.
 */
export class Turns {
  readonly #limits: Limits;
  readonly #holders = new Set<Holder>();
  readonly #waiting = new Set<Holder>();
  readonly #pace = new Pace();
  #running: Holder | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#holders.size;
  }

  /** @param milliseconds that drawing so many pixels took, without what networks took to load */
  learn(pixels: number, milliseconds: number): void {
    this.#pace.learn(pixels, milliseconds);
  }

  /** Milliseconds until all that is asked for now will be done. */
  get wait(): number {
    return this.#pace.of(this.#sum("pixels"));
  }

  /**
   * @param bytes that it will hold at most
   * @throws Busy where no place is left
   */
  enter(bytes: number): Place {
    this.#forgetTheDead();
    const { most, mostBytes, longest, now, after } = this.#limits;
    const isFull = this.#holders.size >= most || this.#sum("bytes") + bytes > mostBytes;
    if (isFull) throw new Busy("the engine is busy", this.wait);
    const holder: Holder = { heard: now(), begin: () => {}, bytes, pixels: 0 };
    this.#holders.add(holder);
    const { promise: lost, reject: lose } = Promise.withResolvers<never>();
    lost.catch(() => {}); // heard by who is reading, if anybody is
    // It stops by itself, and does not wait for others to find it dead: what it has begun to hold would not be counted any more.
    const keep = after(longest, () => {
      this.#leave(holder);
      lose(dead());
    });
    return {
      lost,
      turn: async ({ pixels, bytes, timeout }, work, signal) => {
        keep();
        this.#hear(holder);
        const before = this.wait;
        // Where nobody is before it, it is drawn in any case: else one slow run would have all believe for ever that each is.
        if (timeout !== undefined && before > 0 && before + this.#pace.of(pixels) > timeout)
          throw new Busy("the request would wait for longer than its timeout", before);
        Object.assign(holder, { pixels, bytes });
        await this.#wait(holder, signal);
        try {
          return await work(() => this.#hear(holder));
        } finally {
          this.#leave(holder);
        }
      },
      leave: () => {
        keep();
        this.#leave(holder);
      },
    };
  }

  async #wait(holder: Holder, signal: AbortSignal): Promise<void> {
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

  #sum(what: "bytes" | "pixels"): number {
    return this.#holders.values().reduce((sum, holder) => sum + holder[what], 0);
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

const dead = () => new Busy("the request gave no sign of life for too long", 0);
const gone = () => new OipError(499, "the client went away");
