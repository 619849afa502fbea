import { Breaker, type Passage } from "./breaker.ts";
import { RetryBudget } from "./budget.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Concurrency } from "./concurrency.ts";
import type { Outcome } from "./observer.ts";
import type { Priority } from "./priority.ts";

/** Times in a row that a host is not reached, or a model answers wrongly, before it is left alone for a while. */
const HOST_FAILURES = 3;
const MODEL_FAILURES = 5;

/** Milliseconds for which an endpoint that says it is busy comes after the others: unless it says how long, and at most. */
const BUSY = 1_000;
const LONGEST_BUSY = 3_000;

/** Milliseconds that a call may take beyond its own time before it is taken for dead. */
const GRACE = 1_000;

/** A call under way. */
export type Visit = {
  /** @param told.busyFor milliseconds that it says it will be, where it is; `isOvertaken`: one that was asked later answered first */
  end: (outcome: Outcome, told?: { busyFor?: number | undefined; isOvertaken?: boolean }) => void;
};

/**
 * What this isolate knows of endpoints. Isolates share nothing, so that each finds out for itself that one is away, at the price of a few calls;
 * in return, nothing stands between a request and its endpoint that could be away too.
 */
export class Health {
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly #random: () => number;
  readonly #known = new Map<string, EndpointHealth>();

  /** @param random 0 to 1 */
  constructor(clock: Clock, random: () => number) {
    this.clock = clock;
    this.budget = new RetryBudget(clock.now);
    this.#random = random;
  }

  of({ name, url }: { name: string; url: string }): EndpointHealth {
    const key = `${name} ${url}`;
    const known = this.#known.get(key) ?? new EndpointHealth(name, this.clock.now, this.#random);
    this.#known.set(key, known);
    return known;
  }
}

/** A host and its models fail apart: one that cannot be reached has none, one that answers wrongly for one model may draw with another. */
export class EndpointHealth {
  readonly #host: Breaker;
  readonly #models = new Map<string, { breaker: Breaker; busyUntil: number }>();
  readonly #concurrency: Concurrency;
  readonly #now: () => number;
  readonly #breaker: (limit: number, model?: string) => Breaker;

  constructor(name: string, now: () => number, random: () => number) {
    this.#now = now;
    this.#concurrency = new Concurrency(now);
    this.#breaker = (limit, model) =>
      new Breaker({
        ...{ limit, now, random },
        changed: (state, pause) => {
          const log = state === "closed" ? console.log : console.warn;
          log(JSON.stringify({ event: "endpoint_state", endpoint: name, model, state, pause }));
        },
      });
    this.#host = this.#breaker(HOST_FAILURES);
  }

  /** Milliseconds until this model may be asked, 0 where it may be now. */
  wait(model: string): number {
    return Math.max(this.#host.wait, this.#model(model).breaker.wait);
  }

  /** The same where there is nobody else to ask. */
  lastResortWait(model: string): number {
    return Math.max(this.#host.lastResortWait, this.#model(model).breaker.lastResortWait);
  }

  /** Whether it said lately that it has too much to do. */
  isBusy(model: string): boolean {
    return this.#now() < this.#model(model).busyUntil;
  }

  hasRoom(places: number, priority: Priority): boolean {
    return this.#concurrency.hasRoom(places, priority);
  }

  /**
   * Begins a call, which `wait` or `lastResortWait`, and `hasRoom`, must have allowed.
   *
   * @param timeout milliseconds that it has
   */
  enter(model: string, timeout: number): Visit {
    const lease = timeout + GRACE;
    const known = this.#model(model);
    const leave = this.#concurrency.enter(lease);
    const [host, asked] = [this.#host.enter(lease), known.breaker.enter(lease)];
    return {
      end: (outcome, { busyFor = BUSY, isOvertaken = false } = {}) => {
        leave();
        if (isOvertaken) host.lagged();
        tell(outcome, host, asked);
        if (outcome === "busy") known.busyUntil = this.#now() + Math.min(LONGEST_BUSY, busyFor);
        if (outcome === "answered") known.busyUntil = 0;
      },
    };
  }

  #model(model: string) {
    const known = this.#models.get(model) ?? { breaker: this.#breaker(MODEL_FAILURES, model), busyUntil: 0 };
    this.#models.set(model, known);
    return known;
  }
}

/** What is busy lives, and what was not waited for may: neither says that it draws. */
function tell(outcome: Outcome, host: Passage, model: Passage): void {
  switch (outcome) {
    case "answered":
      host.succeeded();
      model.succeeded();
      return;
    case "wrong":
      host.succeeded();
      model.failed();
      return;
    case "unreachable":
    case "timeout":
      host.failed();
      model.released();
      return;
    case "busy":
    case "cancelled":
      host.released();
      model.released();
  }
}

/** This isolate's. */
export const ISOLATE = new Health(SYSTEM_CLOCK, () => Math.random());
