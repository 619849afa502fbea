import { DurableObject } from "cloudflare:workers";
import type { Progress, Stylization, StylizationEvent } from "../../contract/api/stylizations.ts";
import { reserve, settle } from "../access/quotas.ts";
import { asProblem } from "../as-problem.ts";
import type { Bindings } from "../bindings.ts";
import { newOutputId, removeOutputs } from "../storage/outputs.ts";
import { type Claim, type Creation, claimOf, type Pinned, type Seen, seen } from "./answers.ts";
import * as course from "./course.ts";
import { Followers } from "./followers.ts";
import { Ledger } from "./ledger.ts";
import { newsOf, spelled } from "./news.ts";
import type { JobObject } from "./object.ts";
import {
  isOver,
  type JobRequest,
  type JobState,
  madeOf,
  type Picture,
  stylizationOf,
  type Trouble,
} from "./state.ts";
import { trace, traceContent, untrace } from "./traces.ts";

/** Milliseconds that the others whom a new stylization depends on have to agree to it. */
const ACCEPTING = 60_000;

/** Milliseconds after which what was drawn while a stylization was deleted has been stored, if it ever will be. */
const SWEEP_AFTER = 3_600_000;

/** Milliseconds until what is owed is tried again; doubled each time. */
const FIRST_RETRY = 5_000;
const LONGEST_RETRY = 600_000;

/**
 * One stylization, from its request to its expiry; named by its id. It is the only one to say how the stylization stands: the queue only says
 * that there may be work, and who draws holds a lease with a ticket, without which nobody reports anything. A message that is lost, comes
 * twice or late, and a Worker that dies, are all the same to it: its alarm goes off, and tells the queue again.
 *
 * Everything is stored before it is answered, and every call may be repeated.
 */
export class Job extends DurableObject<Bindings> implements JobObject {
  readonly #ledger = new Ledger(this.ctx.storage);
  readonly #followers = new Followers();
  readonly #waiting = new Set<() => void>();
  #creating: Promise<Creation> | undefined;
  #draining: Promise<void> | undefined;
  #retries = 0;
  #retryAt = 0;

  /**
   * Makes the stylization, unless there is one already: then tells of that, where it was asked for with the same.
   *
   * @param isDrawn whoever asks draws it; else the queue is told
   */
  async create(request: JobRequest, isDrawn: boolean): Promise<Creation> {
    await this.#creating?.catch(() => {}); // the other one's trouble is its own
    const known = this.find(request.fingerprint);
    if (known) return known;
    this.#creating = this.#accept(request, isDrawn);
    try {
      return await this.#creating;
    } finally {
      this.#creating = undefined;
    }
  }

  /** What an Idempotency-Key stands for; undefined where it is new. */
  find(fingerprint: string): Creation | undefined {
    const { job, name } = this.#ledger;
    if (name && Date.now() < name.expiresAt)
      return { kind: "mismatch", isDeleted: name.fingerprint === fingerprint };
    if (!job?.isAccepted) return undefined;
    if (job.fingerprint !== fingerprint) return { kind: "mismatch", isDeleted: false };
    return {
      kind: "there",
      isAwaited: !isOver(job) && Date.now() < job.answeredAt,
      ...seen(job, Date.now()),
    };
  }

  async #accept(request: JobRequest, isDrawn: boolean): Promise<Creation> {
    const { id, owner } = request;
    const now = Date.now();
    this.#abandon();
    await this.#draining; // what is owed of an earlier one of this name is not to be mistaken for this one's
    this.#ledger.forgetUntracing();
    const job = course.begun(request, `${id}.${now.toString(36)}`, now);
    try {
      await trace(this.env, request);
      this.#ledger.job = job;
      await this.#schedule();
      await reserve(this.env, owner, job.work, job.outputs.length);
    } catch (error) {
      this.#abandon(job);
      await this.#schedule();
      this.ctx.waitUntil(this.#drain());
      return { kind: "refused", trouble: troubleOf(error) };
    }
    const accepted = { ...job, isAccepted: true };
    const ticket = crypto.randomUUID();
    await this.#become(isDrawn ? course.claimed(accepted, ticket, Date.now()) : accepted);
    if (!isDrawn) await this.#wake();
    const stored = this.#open() ?? accepted;
    const claim = isDrawn ? { claim: claimOf(stored, ticket) } : {};
    return { kind: "created", ...claim, ...seen(stored, Date.now()) };
  }

  /** Undefined where there is no such stylization. */
  read(): Seen | undefined {
    const job = this.#open();
    return job && seen(job, Date.now());
  }

  /** The same, once it is over or so many milliseconds have gone by. */
  async wait(milliseconds: number): Promise<Seen | undefined> {
    const job = this.#open();
    if (job && !isOver(job) && milliseconds > 0) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        this.#waiting.add(done);
      });
    }
    return this.read();
  }

  /**
   * Server-sent events from now on, or from the one after `last`.
   *
   * @returns undefined where there is nothing more to come
   */
  events(last?: number): ReadableStream<Uint8Array> | "over" | "full" | undefined {
    const job = this.#open();
    if (!job) return undefined;
    const newest = this.#ledger.newest;
    if (isOver(job) && last !== undefined && last >= newest) return "over";
    if (this.#followers.isFull) return "full";
    const missed = last === undefined ? undefined : this.#ledger.eventsAfter(last);
    const now: StylizationEvent = { type: "status", stylization: stylizationOf(job) };
    const first = missed ?? [[newest, now] as const];
    const told = first.map(([id, event]) => spelled(id, event)).join("");
    const stream = this.#followers.follow(told || ": nothing was missed\n\n");
    if (isOver(job)) this.#followers.end();
    return stream;
  }

  /** For whoever has time to draw; undefined where there is nothing to draw now. */
  async claim(): Promise<Claim | undefined> {
    await this.#expireLease();
    const job = this.#open();
    if (!job || !course.isClaimable(job, Date.now())) return undefined;
    const ticket = crypto.randomUUID();
    const claimed = course.claimed(job, ticket, Date.now());
    await this.#become(claimed);
    return claimOf(claimed, ticket);
  }

  /** Whether the ticket still holds. */
  async renew(ticket: string): Promise<boolean> {
    const job = this.#held(ticket);
    if (job) await this.#become(course.renewed(job, Date.now()));
    return job !== undefined;
  }

  /** @returns the name to store the output's picture by; undefined where it is not to be drawn */
  async begin(ticket: string, index: number): Promise<string | undefined> {
    const job = this.#held(ticket);
    if (!job || isOver(job.outputs[index] ?? job)) return undefined;
    const picture = newOutputId();
    await this.#become(course.drawing(job, index, picture, Date.now()));
    return picture;
  }

  /** Which picture the source is now; all outputs are to be of the same, unless none has been made yet. */
  async pin(ticket: string, contentHash: string): Promise<Pinned> {
    const job = this.#held(ticket);
    if (!job) return "lost";
    if (job.contentHash === contentHash) return "same";
    if (madeOf(job) > 0) return "changed";
    await traceContent(this.env, job, contentHash);
    const current = this.#held(ticket);
    if (!current) return "lost";
    await this.#become({ ...current, contentHash });
    return "same";
  }

  /** @returns false where the ticket holds no longer: the picture is nobody's */
  async succeed(ticket: string, index: number, picture: Picture): Promise<boolean> {
    if (this.#open()?.outputs[index]?.picture?.id === picture.id) return true;
    const job = this.#held(ticket);
    if (job) await this.#become(course.succeeded(job, index, picture, Date.now()));
    return job !== undefined;
  }

  /** @returns whether the ticket holds on, for the other outputs */
  async fail(ticket: string, index: number, trouble: Trouble): Promise<boolean> {
    const job = this.#held(ticket);
    if (job) await this.#become(course.failed(job, index, trouble, Date.now(), Math.random()));
    return this.#held(ticket) !== undefined;
  }

  /** For those who follow. */
  step(ticket: string, output: number, step: Progress): void {
    if (this.#held(ticket)) this.#tell({ type: "progress", output, step });
  }

  /** Cancels what is under way, and deletes what is over. @returns undefined where there is no such stylization */
  async remove(): Promise<Seen | "deleted" | undefined> {
    const job = this.#open();
    if (!job) return undefined;
    if (isOver(job)) {
      await this.erase();
      return "deleted";
    }
    await this.#become(course.canceled(job, Date.now()));
    return this.read();
  }

  /**
   * Deletes it and its pictures, whatever it is doing; its name stays taken until it would have expired.
   *
   * @returns how many pictures there were; undefined where there is no such job
   */
  async erase(): Promise<{ pictures: number } | undefined> {
    await this.#creating?.catch(() => {});
    const open = this.#open();
    if (!open) return undefined;
    if (!isOver(open)) await this.#become({ ...course.canceled(open, Date.now()), isUntold: false });
    const job = this.#open() ?? open;
    await this.#delete(job);
    if (job.isNamed) this.#ledger.name = { fingerprint: job.fingerprint, expiresAt: job.expiresAt };
    await this.#schedule();
    this.ctx.waitUntil(this.#drain());
    return { pictures: madeOf(job) };
  }

  override async alarm(): Promise<void> {
    try {
      await this.#tick();
    } catch (error) {
      console.error(JSON.stringify({ event: "job_alarm_failed", error: String(error) }));
      this.#retryLater();
    }
    await this.#schedule();
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    if (this.#isStuck(now)) this.#abandon();
    await this.#expireLease();
    const job = this.#open();
    if (job && !isOver(job) && !job.lease) {
      if (now >= job.deadline) await this.#become(course.overdue(job, now));
      else if (now >= course.nextTime(job)) await this.#wake();
    }
    const current = this.#open();
    if (current && isOver(current) && now >= current.expiresAt) await this.#delete(current);
    if (now >= (this.#ledger.name?.expiresAt ?? now)) this.#ledger.name = undefined;
    await this.#drain();
  }

  /** Its making broke off: nobody was told of it. */
  #isStuck(now: number): boolean {
    const { job } = this.#ledger;
    return job !== undefined && !job.isAccepted && !this.#creating && now >= job.createdAt + ACCEPTING;
  }

  async #expireLease(): Promise<void> {
    const job = this.#open();
    if (!job?.lease || isOver(job) || course.isLeased(job, Date.now())) return;
    console.warn(JSON.stringify({ event: "job_lost", job: job.id, output: job.lease.output }));
    await this.#become(course.lost(job, Date.now()));
  }

  /** Tells the queue that there is work. Where that fails, the alarm does so again. */
  async #wake(): Promise<void> {
    const job = this.#open();
    if (!job) return;
    await this.#become(course.woken(job, Date.now()));
    try {
      await this.env.STYLIZATIONS.send({ job: job.id });
    } catch (error) {
      console.error(JSON.stringify({ event: "queue_failed", job: job.id, error: String(error) }));
    }
  }

  #open(): JobState | undefined {
    const { job } = this.#ledger;
    return job?.isAccepted ? job : undefined;
  }

  #held(ticket: string): JobState | undefined {
    const job = this.#open();
    return job && course.isHeld(job, ticket) ? job : undefined;
  }

  /** Stores how it stands now, with what follows from that, all at once; and tells those who wait for it. */
  async #become(after: JobState): Promise<void> {
    const before = this.#open();
    this.#ledger.job = after;
    const hasEnded = isOver(after) && !(before && isOver(before));
    if (hasEnded) this.#ledger.owe({ owner: after.owner, work: after.work, made: madeOf(after) });
    for (const event of newsOf(before, after)) this.#tell(event);
    await this.#schedule();
    if (!hasEnded) return;
    this.#followers.end();
    for (const done of [...this.#waiting]) done();
    this.ctx.waitUntil(this.#drain());
  }

  #tell(event: StylizationEvent): void {
    this.#followers.tell(spelled(this.#ledger.append(event), event));
  }

  /** Forgets one that was not accepted, and gives back what may have been reserved for it. */
  #abandon(job = this.#ledger.job): void {
    if (!job || job.isAccepted) return;
    this.#ledger.owe({ owner: job.owner, work: job.work, made: 0 });
    this.#ledger.untracing = untracedOf(job);
    this.#ledger.job = undefined;
  }

  /** @throws where the storage is away: then it stays, for the next try */
  async #delete(job: JobState): Promise<void> {
    const pictures = job.outputs.flatMap(({ picture }) => (picture ? [picture.id] : []));
    await removeOutputs(this.env.PICTURES, [...pictures, ...job.spare]);
    if (job.spare.length > 0) this.#ledger.sweep = { ids: job.spare, at: Date.now() + SWEEP_AFTER };
    this.#ledger.untracing = untracedOf(job);
    this.#ledger.forget();
  }

  /** Does what is owed, once at a time. Never throws: what fails is tried again. */
  async #drain(): Promise<void> {
    await this.#draining;
    this.#draining ??= this.#pay().finally(() => {
      this.#draining = undefined;
    });
    await this.#draining;
    await this.#schedule();
  }

  async #pay(): Promise<void> {
    const { debts, untracing, sweep } = this.#ledger;
    const done = await Promise.all([
      ...debts.map((debt) =>
        this.#attempt("settle", async () => {
          await settle(this.env, debt.owner, debt.work, debt.made, { isLast: true });
          this.#ledger.paid(debt);
        }),
      ),
      this.#attempt("announce", () => this.#announce()),
      this.#attempt("untrace", async () => {
        if (!untracing) return;
        await untrace(this.env, untracing);
        this.#ledger.forgetUntracing();
      }),
      this.#attempt("sweep", async () => {
        if (!sweep || Date.now() < sweep.at) return;
        await removeOutputs(this.env.PICTURES, sweep.ids);
        this.#ledger.sweep = undefined;
      }),
    ]);
    if (done.every(Boolean)) this.#retries = 0;
    else this.#retryLater();
  }

  async #announce(): Promise<void> {
    const job = this.#open();
    if (!job?.isUntold || job.webhook === undefined || job.finishedAt === undefined) return;
    const { id, owner, webhook: url } = job;
    const data: Stylization = stylizationOf(job);
    const type = `stylization.${job.status as "succeeded" | "failed" | "canceled"}` as const;
    const timestamp = new Date(job.finishedAt).toISOString();
    await this.env.WEBHOOKS.getByName(owner).announce({
      stylization: id,
      url,
      event: { type, timestamp, data },
    });
    const current = this.#open();
    if (current) this.#ledger.job = { ...current, isUntold: false };
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      console.warn(JSON.stringify({ event: "job_owes", what, error: String(error) }));
      return false;
    }
  }

  #retryLater(): void {
    this.#retryAt = Date.now() + Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#retries++);
  }

  /** Sets the alarm for whatever is next; where nothing is, nothing is kept. */
  async #schedule(): Promise<void> {
    const { job, name, sweep, owes } = this.#ledger;
    const times = [
      ...(job ? [job.isAccepted ? course.nextTime(job) : job.createdAt + ACCEPTING] : []),
      ...(name ? [name.expiresAt] : []),
      ...(sweep ? [sweep.at] : []),
      ...(owes ? [Date.now() + FIRST_RETRY] : []), // it is being done; the alarm is for when that breaks off
    ];
    if (times.length > 0) return this.ctx.storage.setAlarm(Math.max(Math.min(...times), this.#retryAt));
    if (!this.#creating) await this.ctx.storage.deleteAll();
  }
}

const untracedOf = ({ id, owner, user, source }: JobState) => ({ id, owner, user, source });

function troubleOf(error: unknown): Trouble {
  const { code, detail, retryAfter } = asProblem(error);
  if (code !== "internal") return { code, detail, retryAfter };
  console.error(JSON.stringify({ event: "job_not_accepted", error: String(error) }));
  return { code: "storage_unavailable", detail: "The stylization could not be stored.", retryAfter: 5 };
}
