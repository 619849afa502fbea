import { OipError } from "../contract/oip.ts";

/** Told once, when the job leaves the queue: seconds that it waited there. */
type OnStart = (waited: number) => void;

export type RunOptions = {
  /** Aborted: the caller is gone; a job that still waits is never run. */
  signal: AbortSignal;
  /** Milliseconds that the job may wait; null for as long as it takes. */
  timeout: number | null;
  onStart: OnStart;
};

/** A place in the queue, held from before the request's body is read, so that the bodies in memory are bounded too. */
export type Ticket = {
  /** Waits for a lane and runs the job there. Rejects with OipError 503 (timeout) or 499 (caller gone). */
  run<T>(job: (lane: number) => Promise<T>, options: RunOptions): Promise<T>;
  /** Gives the place up; call it once the request is over, whatever came of it. */
  release(): void;
};

type Waiting = { start: (lane: number) => void };

/** First come, first served, over a fixed number of lanes that run one job at a time each. */
export class BoundedQueue {
  readonly #free: number[];
  readonly #places: number;
  readonly #waiting = new Set<Waiting>();
  #taken = 0;
  #running = 0;

  /** Jobs run on lanes 0 to `lanes` - 1; `size` more may wait. */
  constructor(lanes: number, size: number) {
    this.#free = Array.from({ length: lanes }, (_, lane) => lane);
    this.#places = lanes + size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get running(): number {
    return this.#running;
  }

  /** Takes a place; throws OipError 503 where none is left. */
  admit(): Ticket {
    if (this.#taken >= this.#places) throw new OipError(503, "the queue is full");
    this.#taken++;
    let held = true;
    return {
      run: (job, options) => this.#run(job, options),
      release: () => {
        if (held) this.#taken--;
        held = false;
      },
    };
  }

  async #run<T>(job: (lane: number) => Promise<T>, options: RunOptions): Promise<T> {
    const since = performance.now();
    const lane = this.#free.shift() ?? (await this.#wait(options));
    this.#running++;
    try {
      if (options.signal.aborted) throw gone();
      options.onStart((performance.now() - since) / 1000);
      return await job(lane);
    } finally {
      this.#running--;
      this.#pass(lane);
    }
  }

  #wait({ signal, timeout }: RunOptions): Promise<number> {
    if (signal.aborted) return Promise.reject(gone());
    return new Promise<number>((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(entry);
      };
      const entry: Waiting = {
        start: (lane) => {
          leave();
          resolve(lane);
        },
      };
      const onAbort = (): void => {
        leave();
        reject(gone());
      };
      const onTimeout = (): void => {
        leave();
        reject(new OipError(503, "the request waited in the queue for longer than its timeout"));
      };
      const timer = timeout === null ? undefined : setTimeout(onTimeout, timeout);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(entry);
    });
  }

  #pass(lane: number): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free.push(lane);
    else next.start(lane);
  }
}

function gone(): OipError {
  return new OipError(499, "the client went away");
}
