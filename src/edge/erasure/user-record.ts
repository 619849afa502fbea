import { DurableObject } from "cloudflare:workers";
import { incomingKey, uploadKey } from "../storage/keys.ts";
import { deleteUploads, parseUpload } from "../storage/uploads.ts";
import type { ErasureBindings } from "./bindings.ts";
import { eraseContent, sweepContent } from "./contents.ts";
import { type Counts, NOTHING, sum, type Terms } from "./counts.ts";
import { uploadRecordName } from "./record-names.ts";
import type { Trace } from "./trace.ts";

/** An erasure that was accepted, until it is done. */
type Erasing = Terms & {
  counts: Counts;
  /** Milliseconds since 1970 when the contents are swept once more; Infinity until all is erased, however long that takes. */
  sweepAt: number;
};

/** What is to go. `isOwn`: the upload whose record this is. */
type Pending = { trace: Trace; isOwn: boolean };

/** Milliseconds after which what was left of an erasure is tried again. */
const RETRY = 30_000;

const key = (trace: Trace) => `${trace.kind}/${"id" in trace ? trace.id : trace.contentHash}`;

/**
 * What is stored of one user of one owner (`userRecordName`), or was made of one upload (`uploadRecordName`), and its erasure: that is written
 * down before anything is deleted, each trace is crossed off once it is gone, and an alarm goes on with what is left, whatever happens. Each
 * step may be done twice.
 *
 * `trace/…` are those that there are, `erase/…` those that are to go, `sweep/{content}` the contents that are looked for once more,
 * and `upload` the upload, whose id no other will have.
 */
export class UserRecord extends DurableObject<ErasureBindings> {
  #last: Promise<unknown> = Promise.resolve();

  /** To be told before the thing itself is stored, so that nothing of a user is ever stored that is not known here. */
  async add(trace: Trace): Promise<void> {
    this.ctx.storage.kv.put(`trace/${key(trace)}`, trace);
  }

  /** For what has expired or was deleted by itself. */
  async remove(trace: Trace): Promise<void> {
    this.ctx.storage.kv.delete(`trace/${key(trace)}`);
    await this.#forgetIfEmpty();
  }

  /** Whether it is known, and was not erased since. */
  async holds(trace: Trace): Promise<boolean> {
    return this.ctx.storage.kv.get(`trace/${key(trace)}`) !== undefined;
  }

  async list(): Promise<Trace[]> {
    return this.#all<Trace>("trace/");
  }

  /**
   * Erases all that is known here. Once this has begun, it is done whatever happens; where it fails, an alarm goes on.
   *
   * @param own the upload itself, where this is its record
   * @returns what was deleted
   */
  async erase(terms: Terms, own?: Trace): Promise<Counts> {
    const { kv } = this.ctx.storage;
    const known = this.#all<Trace>("trace/").map((trace) => ({ trace, isOwn: false }));
    const all = own ? [...known, { trace: own, isOwn: true }] : known;
    if (all.length === 0 && this.#all("erase/").length === 0) return NOTHING;
    for (const pending of all) {
      kv.delete(`trace/${key(pending.trace)}`);
      kv.put<Pending>(`erase/${key(pending.trace)}`, pending);
    }
    const { counts } = this.#erasing();
    kv.put<Erasing>("erasing", { ...terms, counts, sweepAt: Number.POSITIVE_INFINITY });
    await this.ctx.storage.setAlarm(Date.now() + RETRY);
    await this.#alone(() => this.#eraseAll());
    const done = this.#erasing();
    kv.put<Erasing>("erasing", { ...done, counts: NOTHING }); // they are told once
    return done.counts;
  }

  /** Goes on with an erasure that did not finish, or looks once more for what was made while it ran. */
  override async alarm(): Promise<void> {
    try {
      await this.#alone(() => this.#goOn());
    } catch (error) {
      console.error(JSON.stringify({ event: "erasure_delayed", error: String(error) }));
      await this.ctx.storage.setAlarm(Date.now() + RETRY); // the runtime's own retries end
    }
  }

  /** An alarm may have waited for an erasure that took longer than its time: the second look is not to be had before its own. */
  async #goOn(): Promise<void> {
    if (this.#all("erase/").length > 0) return this.#eraseAll();
    const { sweepAt } = this.#erasing();
    if (Date.now() >= sweepAt) return this.#sweep();
    await this.ctx.storage.setAlarm(sweepAt);
  }

  /** One piece of work at a time, whoever asked for it. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // whoever asked is told
    return done;
  }

  /** @throws where something could not be erased; all else is by then */
  async #eraseAll(): Promise<void> {
    const { kv } = this.ctx.storage;
    for (let left = this.#all<Pending>("erase/"); left.length > 0; left = this.#all<Pending>("erase/")) {
      const failures: unknown[] = [];
      for (const pending of left) {
        try {
          const deleted = await this.#eraseOne(pending);
          kv.delete(`erase/${key(pending.trace)}`);
          kv.put<Erasing>("erasing", { ...this.#erasing(), counts: sum(this.#erasing().counts, deleted) });
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    }
    const sweepAt = Date.now() + this.#erasing().sweepAfter; // what is gone now may be being drawn still
    kv.put<Erasing>("erasing", { ...this.#erasing(), sweepAt });
    await this.ctx.storage.setAlarm(sweepAt);
  }

  async #sweep(): Promise<void> {
    const { kv } = this.ctx.storage;
    const upload = kv.get<string>("upload");
    if (upload !== undefined) await deleteUploads(this.env.PICTURES, [upload]); // of a Worker that died while it wrote
    for (const contentHash of this.#all<string>("sweep/")) {
      await sweepContent(this.env.PICTURES, contentHash);
      kv.delete(`sweep/${contentHash}`);
    }
    if (this.#all("erase/").length > 0) return; // another erasure has begun, and has set the alarm
    kv.delete("erasing");
    await this.#forgetIfEmpty();
  }

  async #eraseOne({ trace, isOwn }: Pending): Promise<Partial<Counts>> {
    const { owner, sweepAfter } = this.#erasing();
    switch (trace.kind) {
      case "upload":
        if (isOwn) return this.#eraseUpload(trace);
        return this.env.USERS.getByName(uploadRecordName(trace.id)).erase({ owner, sweepAfter }, trace);
      case "session":
        await this.env.UPLOAD_SESSIONS.getByName(trace.id).abandon();
        return {};
      case "stylization":
        return this.#eraseStylization(trace, trace.owner ?? owner);
      case "content":
        if (trace.record) await this.env.PICTURES.delete(trace.record);
        return this.#eraseContent(trace.contentHash);
    }
  }

  async #eraseUpload({ id, contentHash }: Trace & { kind: "upload" }): Promise<Partial<Counts>> {
    const bucket = this.env.PICTURES;
    const { kv } = this.ctx.storage;
    kv.put("upload", id);
    const object = await bucket.head(uploadKey(id));
    const stored = object ? parseUpload(object)?.contentHash : undefined;
    if (stored !== undefined && stored !== contentHash) {
      const trace = { kind: "content", contentHash: stored } as const; // of two that were to be stored under the id, the other one was
      kv.put<Pending>(`erase/${key(trace)}`, { trace, isOwn: false });
    }
    await deleteUploads(bucket, [id]);
    await bucket.delete(incomingKey(id));
    await this.env.UPLOAD_SESSIONS.getByName(id).abandon();
    return { uploads: object ? 1 : 0, ...(await this.#eraseContent(contentHash)) };
  }

  async #eraseStylization({ id }: Trace & { kind: "stylization" }, owner: string): Promise<Partial<Counts>> {
    const erased = await this.env.JOBS.getByName(id).erase();
    await this.env.WEBHOOKS.getByName(owner).forget([id]);
    return erased ? { stylizations: 1, pictures: erased.pictures } : {};
  }

  async #eraseContent(contentHash: string): Promise<Partial<Counts>> {
    this.ctx.storage.kv.put(`sweep/${contentHash}`, contentHash);
    return eraseContent(this.env.PICTURES, contentHash, Date.now());
  }

  /** Where nothing is known any more, nothing tells that there was a user. */
  async #forgetIfEmpty(): Promise<void> {
    const { storage } = this.ctx;
    const isEmpty = ["trace/", "erase/", "sweep/"].every((prefix) => this.#all(prefix).length === 0);
    if (!isEmpty || storage.kv.get("erasing")) return;
    await storage.deleteAlarm();
    await storage.deleteAll();
  }

  #erasing(): Erasing {
    const none = { owner: "", sweepAfter: 0, counts: NOTHING, sweepAt: 0 };
    return this.ctx.storage.kv.get<Erasing>("erasing") ?? none;
  }

  #all<Value>(prefix: string): Value[] {
    return [...this.ctx.storage.kv.list<Value>({ prefix })].map(([, value]) => value);
  }
}
