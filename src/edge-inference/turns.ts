import { OipError } from "../contract/oip.ts";

/** A place, held from before a request's body is read, so that the bodies in memory are bounded. */
export type Place = {
  /** Waits until those before have had their turn, then has the runtime alone. */
  turn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Call it once the request is over, whatever came of it. */
  leave: () => void;
};

type Limits = {
  /** Places. */
  most: number;
  /** Milliseconds after which who holds a place is taken for dead. */
  longest: number;
  now: () => number;
};

/**
 * One after the other, first come, first served. workerd may end a request in the middle of whatever it does, without a word to anybody: its
 * place is given away after a while, and who waits behind it waits no longer.
 */
export class Turns {
  readonly #limits: Limits;
  /** Since when each place is taken. */
  readonly #taken = new Map<object, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#taken.size;
  }

  /** @throws OipError 503 where no place is left */
  enter(): Place {
    this.#forgetTheDead();
    if (this.#taken.size >= this.#limits.most) throw new OipError(503, "the engine is busy");
    const place: Place = {
      turn: (work) => {
        const turn = this.#last.then(work);
        this.#last = turn.catch(() => {});
        return turn;
      },
      leave: () => void this.#taken.delete(place),
    };
    this.#taken.set(place, this.#limits.now());
    return place;
  }

  #forgetTheDead(): void {
    const { now, longest } = this.#limits;
    for (const [place, since] of this.#taken) {
      if (now() - since <= longest) continue;
      this.#taken.delete(place);
      this.#last = Promise.resolve();
    }
  }
}
