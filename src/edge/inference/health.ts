import { log } from "../telemetry/log.ts";
import { Breaker, type Passage } from "./breaker.ts";
import { RetryBudget } from "./budget.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { Concurrency } from "./concurrency.ts";
import type { Outcome } from "./observer.ts";
import type { Priority } from "./priority.ts";

/** Failures in a row, of a host or of a model, after which it is left alone for a while. */
const FAILURES = 3;

/** Milliseconds for which an endpoint that says it is busy comes after the others: unless it says how long, and at most. */
const BUSY = 1_000;
const LONGEST_BUSY = 3_000;

/** Milliseconds that a call may take beyond its own time before it is taken for dead. */
const GRACE = 1_000;

/** How a call ended, as far as it says something of who was called. */
export type Ending = {
  /**
   * `overtaken`: one that was asked later answered first; `hurried`: not answered in a time too short to blame it for that; `refused`: it is this
   * request that is not taken.
   */
  outcome: Outcome | "overtaken" | "hurried" | "refused";
  /** Milliseconds that it says it will be busy. */
  busyFor?: number | undefined;
  /** Of a failure, for the operator's log. */
  why?: string | undefined;
};

/** A call under way. */
export type Visit = { end: (ending: Ending) => void };

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

/**
 * A host and its models fail apart: one that cannot be reached has none, one that answers wrongly for one model, or not at all, may draw with
 * another.
 */
export class EndpointHealth {
  readonly #host: Breaker;
  readonly #models = new Map<string, { breaker: Breaker; busyUntil: number }>();
  readonly #concurrency: Concurrency;
  readonly #now: () => number;
  readonly #breaker: (model?: string) => Breaker;
  /** Of any model. */
  #answers = 0;

  constructor(name: string, now: () => number, random: () => number) {
    this.#now = now;
    this.#concurrency = new Concurrency(now);
    this.#breaker = (model) =>
      new Breaker({
        ...{ limit: FAILURES, now, random },
        changed: (state, pause, reason) => {
          log(state === "closed" ? "info" : "warn", "endpoint_state", {
            endpoint: name,
            model,
            state,
            pause,
            reason,
          });
        },
      });
    this.#host = this.#breaker();
  }

  /**
   * Milliseconds until this model may be asked, 0 where it may be now.
   *
   * @param isLastResort there is nobody else to ask
   */
  wait(model: string, isLastResort = false): number {
    return Math.max(this.#host.wait(isLastResort), this.#model(model).breaker.wait(isLastResort));
  }

  /** Whether it said lately that it has too much to do, or is just being asked whether it still has. */
  isBusy(model: string): boolean {
    return this.#now() < this.#model(model).busyUntil;
  }

  hasRoom(places: number, priority: Priority): boolean {
    return this.#concurrency.hasRoom(places, priority);
  }

  /**
   * Begins a call, which `wait` and `hasRoom` must have allowed.
   *
   * @param timeout milliseconds that it has
   */
  enter(model: string, timeout: number): Visit {
    const lease = timeout + GRACE;
    const known = this.#model(model);
    const leave = this.#concurrency.enter(lease);
    const [host, asked] = [this.#host.enter(lease), known.breaker.enter(lease)];
    const answers = this.#answers;
    const mayHaveRoom = known.busyUntil > 0 && !this.isBusy(model);
    const seenUntil = mayHaveRoom ? this.#now() + lease : undefined;
    if (seenUntil) known.busyUntil = seenUntil;
    return {
      end: ({ outcome, busyFor = BUSY, why }) => {
        leave();
        if (outcome === "answered" || outcome === "wrong") this.#answers++;
        tell(outcome, { host, model: asked, hasAnswered: this.#answers > answers, why });
        if (outcome === "busy") known.busyUntil = this.#now() + Math.min(LONGEST_BUSY, busyFor);
        else if (outcome === "answered") known.busyUntil = 0;
        else if (known.busyUntil === seenUntil) known.busyUntil = this.#now();
      },
    };
  }

  #model(model: string) {
    const known = this.#models.get(model) ?? { breaker: this.#breaker(model), busyUntil: 0 };
    this.#models.set(model, known);
    return known;
  }
}

/**
 * What is busy lives, and what was not waited for may: neither says that it draws. What takes too long is the model's failure, and the host's
 * only where that has answered nobody meanwhile: one network may hang, or still be loaded, beside others that draw.
 */
function tell(
  outcome: Ending["outcome"],
  {
    host,
    model,
    hasAnswered,
    why,
  }: { host: Passage; model: Passage; hasAnswered: boolean; why: string | undefined },
): void {
  switch (outcome) {
    case "answered":
      host.succeeded();
      model.succeeded();
      return;
    case "wrong":
      host.succeeded();
      model.failed(why);
      return;
    case "unreachable":
    case "unauthorized": // a key that is wrong, or just exchanged for another, is so for all models
      host.failed(why);
      model.released();
      return;
    case "timeout":
      (hasAnswered ? host.released : host.failed)(why);
      model.failed(why);
      return;
    case "overtaken":
    case "hurried":
      (hasAnswered ? host.released : host.lagged)(why);
      model.lagged(why);
      return;
    case "busy":
    case "refused":
    case "cancelled":
      host.released();
      model.released();
  }
}

/** This isolate's. */
export const ISOLATE = new Health(SYSTEM_CLOCK, () => Math.random());
