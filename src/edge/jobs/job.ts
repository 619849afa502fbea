import { DurableObject } from "cloudflare:workers";
import type { Progress, StylizationEvent } from "../../contract/api/stylizations.ts";
import { randomId } from "../../contract/encoding.ts";
import { asProblem } from "../as-problem.ts";
import type { Bindings } from "../bindings.ts";
import type { Limits } from "../keys/limits.ts";
import { reserve } from "../keys/quotas.ts";
import { type Claim, type Creation, claimOf, type Pinned, type Seen, seen } from "./answers.ts";
import * as course from "./course.ts";
import { Followers } from "./followers.ts";
import { JobStore } from "./job-store.ts";
import { newsOf, spelled } from "./news.ts";
import type { JobObject } from "./object.ts";
import { FIRST_RETRY, Obligations, reservationOf } from "./obligations.ts";
import {
  isOver,
  type JobRequest,
  type JobState,
  madeOf,
  type Picture,
  stylizationOf,
  type Trouble,
} from "./state.ts";
import { trace, traceContent } from "./traces.ts";

/** Milliseconds that the others whom a new stylization depends on have to agree to it. */
const ACCEPTING = 60_000;

/**
 * One stylization, from its request to its expiry; named by its id. It is the only one to say how the stylization stands: the queue only says
 * that there may be work, and who draws holds a lease with a ticket, without which nobody reports anything. A message that is lost, comes
 * twice or late, and a Worker that dies, are all the same to it: its alarm goes off, and tells the queue again.
 *
 * Everything is stored before it is answered, and every call may be repeated.
 */
export class Job extends DurableObject<Bindings> implements JobObject {
  readonly #store = new JobStore(this.ctx.storage);
  readonly #obligations = new Obligations(this.#store, () => this.env);
  readonly #followers = new Followers();
  readonly #waiting = new Set<() => void>();
  #creating: Promise<Creation> | undefined;

  /**
   * Makes the stylization, unless there is one already: then tells of that, where it was asked for with the same.
   *
   * @param isDrawn whoever asks draws it; else the queue is told
   */
  async create(request: JobRequest, isDrawn: boolean): Promise<Creation> {
    // Of those who wait for the one before, the first goes on and the others wait for it: nothing may come between looking and making.
    while (this.#creating) await this.#creating.catch(() => {});
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
    const { job, idempotencyKey } = this.#store;
    if (idempotencyKey && Date.now() < idempotencyKey.expiresAt)
      return { kind: "mismatch", isDeleted: idempotencyKey.fingerprint === fingerprint };
    if (!job?.isAccepted || isExpired(job, Date.now())) return undefined;
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
    try {
      await this.#expire();
    } catch (error) {
      return { kind: "refused", trouble: troubleOf(error) };
    }
    this.#obligations.abandon();
    await this.#drain(); // what is owed of an earlier one of this id is not to be mistaken for this one's
    this.#store.forgetUntracing();
    let limits: Limits;
    const job = course.begun(request, `${id}.${now.toString(36)}`, now);
    try {
      await trace(this.env, request);
      this.#store.job = job;
      await this.#schedule();
      limits = await reserve(this.env, owner, reservationOf(job));
    } catch (error) {
      this.#obligations.abandon(job);
      await this.#schedule();
      this.ctx.waitUntil(this.#drain());
      return { kind: "refused", trouble: troubleOf(error) };
    }
    const accepted = { ...job, isAccepted: true };
    const ticket = crypto.randomUUID();
    await this.#become(isDrawn ? course.claimed(accepted, ticket, Date.now()) : accepted);
    if (!isDrawn) await this.#wake();
    const stored = this.#store.accepted ?? accepted;
    const claim = isDrawn ? { claim: claimOf(stored, ticket) } : {};
    return { kind: "created", limits, ...claim, ...seen(stored, Date.now()) };
  }

  /** Undefined where there is no such stylization. */
  read(): Seen | undefined {
    const job = this.#store.accepted;
    return job && seen(job, Date.now());
  }

  /** The same, once it is over or so many milliseconds have gone by. */
  async wait(milliseconds: number): Promise<Seen | undefined> {
    const job = this.#store.accepted;
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
    const job = this.#store.accepted;
    if (!job) return undefined;
    const newest = this.#store.newest;
    if (isOver(job) && last !== undefined && last >= newest) return "over";
    if (this.#followers.isFull) return "full";
    const missed = last === undefined ? undefined : this.#store.eventsAfter(last);
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
    const job = this.#store.accepted;
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

  /** @returns the id to store the output's picture by; undefined where it is not to be drawn */
  async begin(ticket: string, index: number): Promise<string | undefined> {
    const job = this.#held(ticket);
    if (!job || isOver(job.outputs[index] ?? job)) return undefined;
    const pictureId = randomId(); // whoever knows it can see the picture
    await this.#become(course.drawing(job, index, pictureId, Date.now()));
    return pictureId;
  }

  /** Which picture the source is now; all outputs are to be of the same, unless none has been made yet. */
  async pin(ticket: string, contentHash: string): Promise<Pinned> {
    const job = this.#held(ticket);
    if (!job) return "lost";
    if (job.contentHash !== contentHash) {
      if (madeOf(job) > 0) return "changed";
      await traceContent(this.env, job, contentHash);
    }
    const current = this.#held(ticket);
    if (!current) return "lost";
    await this.#become(course.pinned(current, contentHash));
    return "same";
  }

  /** @returns false where the ticket holds no longer: the picture is nobody's */
  async succeed(ticket: string, index: number, picture: Picture): Promise<boolean> {
    if (this.#store.accepted?.outputs[index]?.picture?.id === picture.id) return true;
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
    const job = this.#store.accepted;
    if (!job) return undefined;
    if (isOver(job)) {
      await this.erase();
      return "deleted";
    }
    await this.#become(course.canceled(job, Date.now()));
    return this.read();
  }

  /**
   * Deletes it and its pictures, whatever it is doing; its Idempotency-Key stays taken until it would have expired.
   *
   * @returns how many pictures there were; undefined where there is no such job
   */
  async erase(): Promise<{ pictures: number } | undefined> {
    while (this.#creating) await this.#creating.catch(() => {});
    const open = this.#store.accepted;
    if (!open) return undefined;
    if (!isOver(open)) await this.#become({ ...course.canceled(open, Date.now()), isUntold: false });
    const job = this.#store.accepted ?? open;
    await this.#obligations.delete(job);
    const { hasIdempotencyKey, fingerprint, expiresAt } = job;
    if (hasIdempotencyKey) this.#store.idempotencyKey = { fingerprint, expiresAt };
    await this.#schedule();
    this.ctx.waitUntil(this.#drain());
    return { pictures: madeOf(job) };
  }

  override async alarm(): Promise<void> {
    try {
      await this.#tick();
    } catch (error) {
      console.error(JSON.stringify({ event: "job_alarm_failed", error: String(error) }));
      this.#obligations.retryLater();
    }
    await this.#schedule();
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    if (this.#isStuck(now)) this.#obligations.abandon();
    await this.#expireLease();
    const job = this.#store.accepted;
    if (job && !isOver(job) && !job.lease) {
      if (now >= course.endOf(job)) await this.#become(course.overdue(job, now));
      else if (now >= course.nextTime(job)) await this.#wake();
    }
    await this.#expire();
    if (now >= (this.#store.idempotencyKey?.expiresAt ?? now)) this.#store.idempotencyKey = undefined;
    await this.#drain();
  }

  /** @throws where the storage is away */
  async #expire(): Promise<void> {
    const job = this.#store.accepted;
    if (job && isExpired(job, Date.now())) await this.#obligations.delete(job);
  }

  /** Its making broke off: nobody was told of it. */
  #isStuck(now: number): boolean {
    const { job } = this.#store;
    return job !== undefined && !job.isAccepted && !this.#creating && now >= job.createdAt + ACCEPTING;
  }

  async #expireLease(): Promise<void> {
    const job = this.#store.accepted;
    if (!job?.lease || isOver(job) || course.isLeased(job, Date.now())) return;
    console.warn(JSON.stringify({ event: "job_lost", job: job.id, output: job.lease.output }));
    await this.#become(course.lost(job, Date.now()));
  }

  /** Tells the queue that there is work. Where that fails, the alarm does so again. */
  async #wake(): Promise<void> {
    const job = this.#store.accepted;
    if (!job) return;
    await this.#become(course.woken(job, Date.now()));
    try {
      await this.env.JOB_QUEUE.send({ job: job.id });
    } catch (error) {
      console.error(JSON.stringify({ event: "queue_failed", job: job.id, error: String(error) }));
    }
  }

  #held(ticket: string): JobState | undefined {
    const job = this.#store.accepted;
    return job && course.isHeld(job, ticket) ? job : undefined;
  }

  /** Stores how it stands now, with what follows from that, all at once; and tells those who wait for it. */
  async #become(after: JobState): Promise<void> {
    const before = this.#store.accepted;
    this.#store.job = after;
    const hasEnded = isOver(after) && !(before && isOver(before));
    if (hasEnded) this.#obligations.settle(after);
    for (const event of newsOf(before, after)) this.#tell(event);
    await this.#schedule();
    if (!hasEnded) return;
    this.#followers.end();
    for (const done of [...this.#waiting]) done();
    this.ctx.waitUntil(this.#drain());
  }

  #tell(event: StylizationEvent): void {
    this.#followers.tell(spelled(this.#store.append(event), event));
  }

  /** Does what is owed. Never throws: what fails is tried again. */
  async #drain(): Promise<void> {
    await this.#obligations.meet();
    await this.#schedule();
  }

  /** Sets the alarm for whatever is next; where nothing is, nothing is kept. */
  async #schedule(): Promise<void> {
    const { job, idempotencyKey } = this.#store;
    const times = [
      ...(job ? [job.isAccepted ? course.nextTime(job) : acceptingUntil(job)] : []),
      ...(idempotencyKey ? [idempotencyKey.expiresAt] : []),
      ...this.#obligations.times,
    ];
    const { notBefore } = this.#obligations;
    if (times.length > 0) return this.ctx.storage.setAlarm(Math.max(Math.min(...times), notBefore));
    if (!this.#creating) await this.ctx.storage.deleteAll();
  }
}

const isExpired = (job: JobState, now: number): boolean => isOver(job) && now >= job.expiresAt;

/** Never in the past, in which an alarm would go off again and again while the others take their time. */
const acceptingUntil = ({ createdAt }: JobState): number =>
  Math.max(createdAt + ACCEPTING, Date.now() + FIRST_RETRY);

function troubleOf(error: unknown): Trouble {
  const { code, detail, retryAfter } = asProblem(error);
  if (code !== "internal") return { code, detail, retryAfter };
  console.error(JSON.stringify({ event: "job_not_accepted", error: String(error) }));
  return { code: "storage_unavailable", detail: "The stylization could not be stored.", retryAfter: 5 };
}
