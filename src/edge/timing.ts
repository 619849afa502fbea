import { inStep } from "./telemetry/step.ts";

/** What a request's time went into, as `Server-Timing` tells it. */
export type Step =
  | "lookup"
  | "source"
  | "wait"
  | "decode"
  | "moderate"
  | "infer"
  | "detect"
  | "heads"
  | "segment"
  | "compose"
  | "encode"
  | "store";

/** Kinds of things that are stored, and the photo. */
export type StepObject = "variant" | "master" | "matte" | "upload" | "source" | "photo" | "moderation";

export type Cached = "hit" | "master" | "miss";

/**
 * Measures steps; one that happens twice adds up. On Cloudflare the clock stands still between I/O, as a defence against timing attacks
 * (https://developers.cloudflare.com/workers/reference/security-model/), so that steps of pure computing show up as 0 there.
 */
export class Timing {
  readonly #milliseconds = new Map<Step, number>();
  readonly #clock: () => number;
  readonly #listener: ((step: Step) => void) | undefined;
  cached: Cached = "miss";
  /** The picture may no longer be its origin's: that could not be asked, or is just being asked. */
  isStale = false;
  /** Which endpoint drew the picture; undefined where none had to. */
  engine: string | undefined;

  /** @param listener is told of each step as it begins */
  constructor(clock: () => number, listener?: (step: Step) => void) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** @param object that the step is about, in a word: only the span says it, which tells it from others of its name */
  async measure<Result>(step: Step, work: () => Promise<Result>, object?: StepObject): Promise<Result> {
    this.#listener?.(step);
    const start = this.#clock();
    try {
      return await inStep(step, work, object);
    } finally {
      this.#milliseconds.set(step, (this.#milliseconds.get(step) ?? 0) + this.#clock() - start);
    }
  }

  /** The header's value. */
  toString(): string {
    const steps = Array.from(this.#milliseconds, ([step, duration]) => `${step};dur=${duration.toFixed(1)}`);
    const stale = this.isStale ? ["stale"] : [];
    const engine = this.engine === undefined ? [] : [`engine;desc=${this.engine}`];
    return [`cache;desc=${this.cached}`, ...stale, ...engine, ...steps].join(", ");
  }
}
