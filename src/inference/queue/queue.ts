import { OipError, type Priority } from "../../contract/oip.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Overload } from "./overload.ts";
import { type Reason, Refusal } from "./refusal.ts";
import { RunTimes, type Work } from "./run-times.ts";

export type Asked = {
  work: Work;
  priority: Priority;
  /** Aborted: the caller is gone; a job that still waits is never run. */
  signal: AbortSignal;
  /**
   * Seconds that the job may wait; null for as long as it takes. One that waits is not begun where its answer would come
   * later: its caller means the whole by it. Where a lane is free it is run, lest a wrong idea of its time outlive all runs.
   */
  timeout: number | null;
  /** Told once, when the job leaves the queue: seconds that it waited there. */
  onStart: (waited: number) => void;
};

/** A place in the queue, held from when the request's body is complete. */
export type Ticket = {
  /** Waits for a lane and runs the job there. Rejects with a Refusal, or OipError 499 (caller gone). */
  run<T>(job: (lane: number) => Promise<T>, asked: Asked): Promise<T>;
  /** Gives the place up; call it once the request is over, whatever came of it. */
  release(): void;
};

export type QueueLimits = {
  /** Jobs at once, whatever their models: these share the processor. */
  lanes: number;
  /** Jobs more that may wait. */
  size: number;
  /** How long a job may wait while more is asked for than can be done, in runs; 0: as long as it takes. */
  target: number;
};

type Waiting = Asked & {
  since: number;
  expected: number;
  start(lane: number): void;
  refuse(why: Reason): void;
};
type Running = { work: Work; priority: Priority; since: number; expected: number };

/** What is to come later may wait for that many times as long. */
const PATIENCE: Record<Priority, number> = { interactive: 1, batch: 8 };

/**
 * A bounded queue before a fixed number of lanes: interactive jobs first, then first come, first served. A burst may
 * fill it. Under lasting overload it would always be full and everybody would wait for all of it, so waiting is then
 * kept near the length of one run: controlled delay (Nichols and Jacobson, "Controlling Queue Delay", 2012) as
 * "Fail at Scale" (Maurer, 2015) does it for requests, where a newcomer to a queue that has stood for an interval gets
 * a short timeout. The interval is the time that a full queue takes; see Overload for the way back.
 */
export class Queue {
  readonly #clock: Clock;
  readonly #limits: QueueLimits;
  readonly #free: number[];
  readonly #running = new Set<Running>();
  readonly #waiting: Record<Priority, Set<Waiting>> = { interactive: new Set(), batch: new Set() };
  readonly #times = new RunTimes();
  /** Of interactive jobs, and of all: a lane that runs a batch job could run an interactive one. */
  readonly #overload: Record<Priority, Overload>;
  #taken = 0;

  constructor(limits: QueueLimits, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#limits = limits;
    this.#free = Array.from({ length: limits.lanes }, (_, lane) => lane);
    this.#overload = { interactive: new Overload(clock), batch: new Overload(clock) };
  }

  /** How long a run took that was none of the queue's. */
  learn(work: Work, seconds: number): void {
    this.#times.learn(work, seconds);
  }

  /** Jobs of one model, or of all. */
  waiting(model?: string): number {
    return count([...this.#waiting.interactive, ...this.#waiting.batch], model);
  }

  running(model?: string): number {
    return count([...this.#running], model);
  }

  /** Requests that hold a place. */
  get taken(): number {
    return this.#taken;
  }

  get places(): number {
    return this.#limits.lanes + this.#limits.size;
  }

  /** Whether more is asked for than can be done: of interactive jobs, or of all. */
  overloaded(priority: Priority): boolean {
    this.#settle();
    return this.#overload[priority].lasts(this.#most / this.#limits.lanes);
  }

  /**
   * Throws a Refusal where no place is left. An interactive request may have one that a batch job has, but which it is
   * stands in the body: as many more are let in as wait and could go.
   */
  check(): void {
    if (this.#taken >= this.places + this.#waiting.batch.size) {
      throw this.#turnAway("full", null, this.#times.mean);
    }
  }

  /** Takes a place; throws a Refusal where none is left. */
  admit(): Ticket {
    this.check();
    this.#taken++;
    let held = true;
    const release = (): void => {
      if (held) this.#taken--;
      held = false;
    };
    return { run: (job, asked) => this.#run(job, asked, release), release };
  }

  async #run<T>(job: (lane: number) => Promise<T>, asked: Asked, release: () => void): Promise<T> {
    const since = this.#clock.now();
    const expected = this.#times.expect(asked.work);
    if (this.#taken > this.places) this.#makeRoom(asked.priority, expected);
    this.#settle();
    const lane = this.#free.shift() ?? (await this.#wait(asked, since, expected, release));
    const started = this.#clock.now();
    const running = { work: asked.work, priority: asked.priority, since: started, expected };
    this.#settle();
    this.#running.add(running);
    try {
      if (asked.signal.aborted) throw gone();
      this.#overload[asked.priority].waited(started - since, this.#target(asked.priority));
      asked.onStart(started - since);
      const result = await job(lane);
      this.#times.learn(asked.work, this.#clock.now() - started);
      return result;
    } finally {
      this.#settle();
      this.#running.delete(running);
      this.#pass(lane);
    }
  }

  #wait(asked: Asked, since: number, expected: number, release: () => void): Promise<number> {
    const { signal, timeout, priority } = asked;
    if (signal.aborted) return Promise.reject(gone());
    if (timeout !== null && this.#ahead(priority) + expected > timeout) {
      return Promise.reject(this.#turnAway("hopeless", priority, expected));
    }
    const target = this.overloaded(priority) ? this.#target(priority) : Number.POSITIVE_INFINITY;
    const own = timeout ?? Number.POSITIVE_INFINITY;
    const patience = Math.min(own, target);
    return new Promise<number>((resolve, reject) => {
      const leave = (): void => {
        cancel();
        signal.removeEventListener("abort", onAbort);
        this.#waiting[priority].delete(entry);
      };
      const entry: Waiting = {
        ...asked,
        since,
        expected,
        start: (lane) => {
          leave();
          resolve(lane);
        },
        refuse: (reason) => {
          leave();
          release();
          reject(this.#turnAway(reason, priority, expected, this.#clock.now() - since));
        },
      };
      const onAbort = (): void => {
        leave();
        reject(gone());
      };
      const onAlarm = (): void => entry.refuse(own <= target ? "timeout" : "overload");
      const cancel = patience === Number.POSITIVE_INFINITY ? () => {} : this.#clock.after(patience, onAlarm);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting[priority].add(entry);
    });
  }

  #pass(lane: number): void {
    for (const priority of ["interactive", "batch"] as const) {
      if (this.#waiting[priority].size === 0) this.#overload[priority].waited(0);
    }
    const next = this.#next();
    if (next === undefined) this.#free.push(lane);
    else next.start(lane);
  }

  /** Those whose answer would come after their timeout are sent away: runs before them took longer than expected. */
  #next(): Waiting | undefined {
    const now = this.#clock.now();
    for (;;) {
      const next = first(this.#waiting.interactive) ?? first(this.#waiting.batch);
      if (next === undefined || next.timeout === null) return next;
      if (now - next.since + next.expected <= next.timeout) return next;
      next.refuse("hopeless");
    }
  }

  /** For one more than there are places: the newest batch job goes, or, where there is none, whoever comes. */
  #makeRoom(priority: Priority, expected: number): void {
    const newest = priority === "interactive" ? [...this.#waiting.batch].at(-1) : undefined;
    if (newest === undefined) throw this.#turnAway("full", priority, expected);
    newest.refuse("evicted");
  }

  /** Seconds that a job may wait under overload; no limit before anything is known of runs. */
  #target(priority: Priority): number {
    return PATIENCE[priority] * this.#limits.target * this.#times.met || Number.POSITIVE_INFINITY;
  }

  /** Seconds of work that the lanes and a full queue hold. */
  get #most(): number {
    return this.places * this.#times.mean;
  }

  /** Seconds until a newcomer of this priority would have its turn. */
  #ahead(priority: Priority): number {
    const now = this.#clock.now();
    const left = [...this.#running].map(({ since, expected }) => Math.max(0, since + expected - now));
    const before = [...this.#waiting.interactive, ...(priority === "batch" ? this.#waiting.batch : [])];
    return (sum(left) + sum(before.map(({ expected }) => expected))) / this.#limits.lanes;
  }

  /**
   * Notes the work that is not done, and says when it could be. Those with less patience than the target do not count:
   * that they go says nothing of the load.
   */
  #turnAway(
    reason: Reason,
    priority: Priority | null,
    expected: number,
    waited = this.#ahead("batch"),
  ): Refusal {
    this.#settle();
    const impatient =
      (reason === "timeout" || reason === "hopeless") && waited <= this.#target(priority ?? "interactive");
    if (!impatient) this.#overload.batch.turnedAway(expected, this.#most);
    if (!impatient && priority !== "batch") this.#overload.interactive.turnedAway(expected, this.#most);
    const busy = this.#ahead("batch") + this.#overload.batch.debt / this.#limits.lanes;
    return new Refusal(reason, priority, Math.max(1, Math.ceil(busy)));
  }

  /** Call before what runs changes, and before the debts are read. */
  #settle(): void {
    const { lanes } = this.#limits;
    const interactive = [...this.#running].filter(({ priority }) => priority === "interactive");
    this.#overload.interactive.settle(lanes - interactive.length);
    this.#overload.batch.settle(lanes - this.#running.size);
  }
}

function gone(): OipError {
  return new OipError(499, "the client went away");
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  const [value] = set;
  return value;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function count(jobs: readonly { work: Work }[], model: string | undefined): number {
  return model === undefined ? jobs.length : jobs.filter(({ work }) => work.model === model).length;
}
