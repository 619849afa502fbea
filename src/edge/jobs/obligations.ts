import type { Stylization } from "../../contract/api/stylizations.ts";
import { isoTime } from "../../contract/encoding.ts";
import type { Bindings } from "../bindings.ts";
import { settle } from "../keys/quotas.ts";
import type { Work } from "../keys/usage-ledger.ts";
import { removeOutputs } from "../storage/outputs.ts";
import * as course from "./course.ts";
import type { JobStore, Untold } from "./job-store.ts";
import { countedOf, type JobState, stylizationOf } from "./state.ts";
import { untrace } from "./traces.ts";

/** Milliseconds after which what was drawn while a stylization was deleted has been stored, if it ever will be. */
const SWEEP_AFTER = 3_600_000;

/** Milliseconds until what is owed is tried again; doubled each time. */
export const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 600_000;

/**
 * What a stylization owes others: its quota the number of pictures, its webhook the end, the records by which it is found that they forget it,
 * and the storage that nothing of it is left. Each is stored as it comes to be owed, and done until it has been done.
 */
export class Obligations {
  readonly #store: JobStore;
  /** Of the object as it is when something is paid: its tests put others in their place while it runs. */
  readonly #env: () => Bindings;
  #paying: Promise<void> | undefined;
  #retries = 0;
  #retryAt = 0;

  constructor(store: JobStore, env: () => Bindings) {
    this.#store = store;
    this.#env = env;
  }

  /** Milliseconds since 1970, before which nothing is tried again. */
  get notBefore(): number {
    return this.#retryAt;
  }

  /** When something is to be done, whoever calls meanwhile or not. */
  get times(): number[] {
    const { sweep, owes } = this.#store;
    return [
      ...(sweep ? [sweep.at] : []),
      ...(owes ? [Date.now() + FIRST_RETRY] : []), // it is being done; the alarm is for when that breaks off
    ];
  }

  /** It has ended. */
  settle(job: JobState): void {
    this.#store.owe({ owner: job.owner, work: job.work, made: countedOf(job) });
  }

  /** Forgets one that was not accepted, and gives back what may have been reserved for it. */
  abandon(job = this.#store.job): void {
    if (!job || job.isAccepted) return;
    this.#store.owe({ owner: job.owner, work: job.work, made: 0 });
    this.#store.untracing = untracedOf(job);
    this.#store.job = undefined;
  }

  /**
   * Deletes all of it: what its webhook was told too, or is still to be told.
   *
   * @throws where the storage is away: then it stays, for the next try
   */
  async delete(job: JobState): Promise<void> {
    const pictures = job.outputs.flatMap(({ picture }) => (picture ? [picture.id] : []));
    await removeOutputs(this.#env().PICTURES, [...pictures, ...job.spare]);
    if (job.spare.length > 0) this.#store.sweep = { ids: job.spare, at: Date.now() + SWEEP_AFTER };
    this.#store.untracing = untracedOf(job);
    const { id, owner, webhook, createdAt } = job;
    if (webhook !== undefined) this.#store.untelling = { id, owner, createdAt };
    this.#store.forget();
  }

  /** Does what is owed, once at a time. Never throws: what fails is tried again. */
  async meet(): Promise<void> {
    await this.#paying;
    this.#paying ??= this.#pay().finally(() => {
      this.#paying = undefined;
    });
    await this.#paying;
  }

  retryLater(): void {
    this.#retryAt = Date.now() + Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#retries++);
  }

  async #pay(): Promise<void> {
    const { debts, untracing, untelling, sweep } = this.#store;
    const done = await Promise.all([
      ...debts.map((debt) =>
        attempt("settle", async () => {
          await settle(this.#env(), debt.owner, debt.work, debt.made);
          this.#store.paid(debt);
        }),
      ),
      attempt("announce", () => this.#announce()),
      attempt("untrace", async () => {
        if (untelling) await this.#untell(untelling); // before: its user's erasure must find it while anything is left
        if (!untracing) return;
        await untrace(this.#env(), untracing);
        this.#store.forgetUntracing();
      }),
      attempt("sweep", async () => {
        if (!sweep || Date.now() < sweep.at) return;
        await removeOutputs(this.#env().PICTURES, sweep.ids);
        this.#store.sweep = undefined;
      }),
    ]);
    if (done.every(Boolean)) this.#retries = 0;
    else this.retryLater();
  }

  async #announce(): Promise<void> {
    const job = this.#store.accepted;
    if (!job?.isUntold || job.webhook === undefined || job.finishedAt === undefined) return;
    const { id, owner, webhook: url } = job;
    const data: Stylization = stylizationOf(job);
    const type = `stylization.${job.status as "succeeded" | "failed" | "canceled"}` as const;
    const timestamp = isoTime(job.finishedAt);
    await this.#env()
      .WEBHOOKS.getByName(owner)
      .announce({ owner, stylization: id, url, event: { type, timestamp, data } });
    const current = this.#store.accepted;
    if (current) this.#store.job = { ...current, isUntold: false };
  }

  async #untell({ id, owner, createdAt }: Untold): Promise<void> {
    await this.#env().WEBHOOKS.getByName(owner).forget([id], createdAt);
    if (this.#store.untelling?.createdAt === createdAt) this.#store.forgetUntelling();
  }
}

async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    console.warn(JSON.stringify({ event: "job_owes", what, error: String(error) }));
    return false;
  }
}

/** Longer than it can be under way, so that none that still draws is given back. */
export const reservationOf = (job: JobState): Work => ({
  name: job.work,
  pictures: job.outputs.length,
  until: job.createdAt + course.LONGEST_WAIT + job.deadline + SWEEP_AFTER,
});

const untracedOf = ({ id, owner, user, source }: JobState) => ({ id, owner, user, source });
