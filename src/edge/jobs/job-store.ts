import type { StylizationEvent } from "../../contract/api/stylizations.ts";
import type { JobRequest, JobState } from "./state.ts";

/** A quota that is still to be told how many pictures were made. */
export type Debt = { owner: string; work: string; made: number };

type Untraced = Pick<JobRequest, "id" | "owner" | "user" | "source">;

/** A webhook that is still to forget a stylization. */
export type Untold = { id: string; owner: string; createdAt: number };

/** Events that are kept for those who come back: of one that is tried for an hour there are many. */
const KEPT_EVENTS = 300;

const EVENT = "event:";
const DEBT = "settle:";

/** Sorted as numbers are. */
const eventKey = (id: number) => `${EVENT}${String(id).padStart(9, "0")}`;

/** What a stylization's Durable Object stores. Writes between two awaits are one (https://developers.cloudflare.com/durable-objects/). */
export class JobStore {
  readonly #kv: SyncKvStorage;

  constructor({ kv }: DurableObjectStorage) {
    this.#kv = kv;
  }

  get job(): JobState | undefined {
    return this.#kv.get<JobState>("job");
  }

  set job(job: JobState | undefined) {
    this.#put("job", job);
  }

  /** The same, once it is sure that it may be made: nobody is told of it before. */
  get accepted(): JobState | undefined {
    const { job } = this;
    return job?.isAccepted ? job : undefined;
  }

  /** Of a stylization that was deleted: the Idempotency-Key is still taken. */
  get idempotencyKey(): { fingerprint: string; expiresAt: number } | undefined {
    return this.#kv.get("idempotencyKey");
  }

  set idempotencyKey(taken: { fingerprint: string; expiresAt: number } | undefined) {
    this.#put("idempotencyKey", taken);
  }

  /** The records by which it is found are still to forget it. */
  get untracing(): Untraced | undefined {
    return this.#kv.get("untracing");
  }

  set untracing(job: Untraced) {
    this.#put("untracing", job);
  }

  forgetUntracing(): void {
    this.#kv.delete("untracing");
  }

  /** Of a stylization that was deleted: what its webhook was told, or is still to be, goes with it. */
  get untelling(): Untold | undefined {
    return this.#kv.get("untelling");
  }

  set untelling(job: Untold) {
    this.#put("untelling", job);
  }

  forgetUntelling(): void {
    this.#kv.delete("untelling");
  }

  /** Pictures that may have been stored after they were deleted. */
  get sweep(): { ids: string[]; at: number } | undefined {
    return this.#kv.get("sweep");
  }

  set sweep(sweep: { ids: string[]; at: number } | undefined) {
    this.#put("sweep", sweep);
  }

  get debts(): Debt[] {
    return Array.from(this.#kv.list<Debt>({ prefix: DEBT }), ([, debt]) => debt);
  }

  owe(debt: Debt): void {
    this.#kv.put(DEBT + debt.work, debt);
  }

  paid({ work }: Debt): void {
    this.#kv.delete(DEBT + work);
  }

  /** Whether anybody is still to be told anything. */
  get owes(): boolean {
    const { debts, untracing, untelling, job } = this;
    return debts.length > 0 || untracing !== undefined || untelling !== undefined || job?.isUntold === true;
  }

  /** The last event's number; 0 where there is none. */
  get newest(): number {
    const [newest] = this.#kv.list({ prefix: EVENT, reverse: true, limit: 1 });
    return newest ? Number(newest[0].slice(EVENT.length)) : 0;
  }

  /** @returns its number */
  append(event: StylizationEvent): number {
    const id = this.newest + 1;
    this.#kv.put(eventKey(id), event);
    if (id > KEPT_EVENTS) this.#kv.delete(eventKey(id - KEPT_EVENTS));
    return id;
  }

  /** Undefined where they are not all kept. */
  eventsAfter(last: number): (readonly [number, StylizationEvent])[] | undefined {
    const newest = this.newest;
    if (last > newest || last < newest - KEPT_EVENTS) return undefined;
    const events = this.#kv.list<StylizationEvent>({ prefix: EVENT, startAfter: eventKey(last) });
    return Array.from(events, ([key, event]) => [Number(key.slice(EVENT.length)), event] as const);
  }

  /** The stylization and its events; what is owed stays. */
  forget(): void {
    this.job = undefined;
    for (const [key] of [...this.#kv.list({ prefix: EVENT })]) this.#kv.delete(key);
  }

  #put(key: string, value: unknown): void {
    if (value === undefined) this.#kv.delete(key);
    else this.#kv.put(key, value);
  }
}
