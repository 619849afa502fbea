import type { Priority } from "./priority.ts";

/** Of an endpoint's places, those that what nobody waits for may take: the others are for people. */
const BATCH_SHARE = 0.75;

/**
 * The calls that are under way. Each is counted for as long as it may take at most: workerd ends a request whose client has gone in the
 * middle of it, without a word to whoever counts.
 */
export class Concurrency {
  readonly #now: () => number;
  /** When each will surely be over. */
  readonly #underWay = new Map<symbol, number>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  hasRoom(places: number, priority: Priority): boolean {
    const now = this.#now();
    for (const [call, until] of this.#underWay) if (until <= now) this.#underWay.delete(call);
    return this.#underWay.size < placesFor(priority, places);
  }

  /**
   * Takes a place, which `hasRoom` must have said there is.
   *
   * @param lease milliseconds that the call takes at most
   * @returns gives it back
   */
  enter(lease: number): () => void {
    const call = Symbol("call");
    this.#underWay.set(call, this.#now() + lease);
    return () => void this.#underWay.delete(call);
  }
}

/** A single place is for whoever comes first: otherwise nothing of the rest would ever be drawn. */
const placesFor = (priority: Priority, places: number) =>
  priority === "batch" ? Math.max(1, Math.floor(places * BATCH_SHARE)) : places;
