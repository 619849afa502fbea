/** `open`: nothing is let through; `half-open`: one call is, to see. */
export type BreakerState = "closed" | "open" | "half-open";

/** Milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Where there is nobody else to ask: a trial costs one request its time, and the longer pause would cost all of them their pictures. */
const LAST_RESORT_PAUSE = 5_000;

/** A call that was let through, which tells how it ended: once, by one of these. */
export type Passage = {
  succeeded: () => void;
  /** @param why for the operator's log */
  failed: (why?: string) => void;
  /** Another was quicker, or it had little time: half a failure, since what only has much to do answers others meanwhile. */
  lagged: (why?: string) => void;
  /** It says nothing about what the breaker guards. */
  released: () => void;
};

type Terms = {
  /** Failures in a row that open it. */
  limit: number;
  /** Milliseconds since 1970. */
  now: () => number;
  /** 0 to 1. */
  random: () => number;
  /** Is told of each change. @param pause milliseconds until a trial, of an open one @param why of the failure that opened it */
  changed: (state: BreakerState, pause?: number, why?: string) => void;
};

/**
 * Keeps calls from what has failed several times in a row, for a pause that doubles each time that a trial after it fails, and is scattered,
 * so that the isolates which saw it fail together do not come back together.
 */
export class Breaker {
  readonly #terms: Terms;
  #state: BreakerState = "closed";
  #failures = 0;
  /** In a row. */
  #openings = 0;
  #openedAt = 0;
  #openUntil = 0;
  /** A trial whose request is cancelled tells nothing: after this another may be made. */
  #trialUntil = 0;
  /** Counts the changes between open and closed: a call that began before one says nothing about what is now. */
  #era = 0;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /**
   * Milliseconds until a call may be let through, 0 where it may be now.
   *
   * @param isLastResort there is nobody else to ask
   */
  wait(isLastResort = false): number {
    if (this.#state === "closed") return 0;
    const longest = isLastResort ? LAST_RESORT_PAUSE : Number.POSITIVE_INFINITY;
    const trial = Math.min(this.#openUntil, this.#openedAt + longest);
    return Math.max(0, Math.max(trial, this.#trialUntil) - this.#terms.now());
  }

  /**
   * Lets a call through, which `wait` must have said 0 for.
   *
   * @param lease milliseconds that it takes at most
   */
  enter(lease: number): Passage {
    const isTrial = this.#state !== "closed";
    if (isTrial) {
      this.#trialUntil = this.#terms.now() + lease;
      if (this.#state === "open") this.#become("half-open");
    }
    const era = this.#era;
    const inTime = (tell: (why?: string) => void) => (why?: string) => {
      if (era === this.#era) tell(why);
    };
    return {
      succeeded: inTime(() => this.#close()),
      failed: inTime((why) => this.#count(1, isTrial, why)),
      lagged: inTime((why) => this.#count(0.5, isTrial, why)),
      released: inTime(() => {
        if (isTrial) this.#trialUntil = 0;
      }),
    };
  }

  #count(failures: number, isTrial: boolean, why?: string): void {
    this.#failures += failures;
    if (isTrial || this.#failures >= this.#terms.limit) this.#open(why);
  }

  #close(): void {
    this.#failures = 0;
    if (this.#state === "closed") return;
    this.#era++;
    this.#openings = 0;
    this.#become("closed");
  }

  #open(why?: string): void {
    const { now, random } = this.#terms;
    const doubled = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#openings);
    const pause = Math.round(doubled * (0.75 + random() / 2));
    this.#era++;
    this.#openings++;
    this.#failures = 0;
    this.#openedAt = now();
    this.#openUntil = this.#openedAt + pause;
    this.#trialUntil = 0;
    this.#become("open", pause, why);
  }

  #become(state: BreakerState, pause?: number, why?: string): void {
    this.#state = state;
    this.#terms.changed(state, pause, why);
  }
}
