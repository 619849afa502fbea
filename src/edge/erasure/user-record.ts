import { DurableObject } from "cloudflare:workers";
import { incomingKey } from "../storage/keys.ts";
import { deleteUploads } from "../storage/uploads.ts";
import { eraseContent, sweepContent } from "./contents.ts";
import { type Counts, NOTHING, sum, type Terms } from "./counts.ts";
import type { Reach } from "./reach.ts";
import { uploadRecordName } from "./record-names.ts";
import type { Trace } from "./trace.ts";

export { userRecordName } from "./record-names.ts";
export type { Trace } from "./trace.ts";

/** An erasure that was accepted, until it is done. */
type Erasing = Terms & {
  counts: Counts;
  /** Milliseconds since 1970 when the contents are swept once more. */
  sweepAt: number;
};

/** Milliseconds after which what was left of an erasure is tried again. */
const RETRY = 30_000;

const key = ({ kind, ...trace }: Trace) => `${kind}/${"id" in trace ? trace.id : trace.contentHash}`;

/**
 * What is stored of one user of one owner (`userRecordName`), or was made of one upload (`uploadRecordName`), and its erasure: that is written
 * down before anything is deleted, each trace is crossed off once it is gone, and an alarm goes on with what is left, whatever happens. Each
 * step may be done twice.
 *
 * `trace/…` are those that there are, `erase/…` those that are to go, `sweep/{content}` the contents that are looked for once more.
 */
export class UserRecord extends DurableObject<Reach> {
  #running: Promise<void> | undefined;

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
    return this.#all("trace/");
  }

  /**
   * Erases these, and what is known here to have been made of them; or all that is known here. Once this has begun, it is done whatever
   * happens; where it fails, an alarm goes on.
   *
   * @returns what was deleted
   */
  async erase(terms: Terms, traces: readonly Trace[] = this.#all("trace/")): Promise<Counts> {
    const { kv } = this.ctx.storage;
    const all = [...traces, ...(this.#isOfUpload(traces) ? this.#all("trace/") : [])];
    if (all.length === 0 && this.#all("erase/").length === 0) return NOTHING;
    for (const trace of all) {
      kv.delete(`trace/${key(trace)}`);
      kv.put(`erase/${key(trace)}`, trace);
    }
    const before = kv.get<Erasing>("erasing")?.counts ?? NOTHING;
    kv.put<Erasing>("erasing", { ...terms, counts: before, sweepAt: Date.now() + terms.sweepAfter });
    await this.ctx.storage.setAlarm(Date.now() + RETRY);
    await this.#finish();
    const { counts } = kv.get<Erasing>("erasing") ?? { counts: NOTHING };
    kv.put<Erasing>("erasing", { ...this.#erasing(), counts: NOTHING }); // told
    return sum(counts, {});
  }

  /** Goes on with an erasure that did not finish, or looks once more for what was made while it ran. */
  override async alarm(): Promise<void> {
    try {
      if (this.#all("erase/").length > 0) return await this.#finish();
      for (const { contentHash } of this.#all<{ contentHash: string }>("sweep/")) {
        await sweepContent(this.env.PICTURES, contentHash);
        this.ctx.storage.kv.delete(`sweep/${contentHash}`);
      }
      this.ctx.storage.kv.delete("erasing");
      await this.#forgetIfEmpty();
    } catch (error) {
      console.error(JSON.stringify({ event: "erasure_delayed", error: String(error) }));
      await this.ctx.storage.setAlarm(Date.now() + RETRY); // the runtime's own retries end
    }
  }

  /** An upload's own record: with the upload goes all that was made of it. */
  #isOfUpload(traces: readonly Trace[]): boolean {
    const [only] = traces;
    return traces.length === 1 && only?.kind === "upload" && this.ctx.id.name === uploadRecordName(only.id);
  }

  /** One at a time, in whatever order they were asked for. */
  #finish(): Promise<void> {
    this.#running ??= this.#eraseAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #eraseAll(): Promise<void> {
    const { kv } = this.ctx.storage;
    for (let left = this.#all<Trace>("erase/"); left.length > 0; left = this.#all<Trace>("erase/")) {
      for (const trace of left) {
        const deleted = await this.#eraseOne(trace);
        kv.delete(`erase/${key(trace)}`);
        kv.put<Erasing>("erasing", { ...this.#erasing(), counts: sum(this.#erasing().counts, deleted) });
      }
    }
    await this.ctx.storage.setAlarm(Math.max(Date.now(), this.#erasing().sweepAt));
  }

  async #eraseOne(trace: Trace): Promise<Partial<Counts>> {
    switch (trace.kind) {
      case "upload":
        return this.#isOfUpload([trace]) ? this.#eraseUpload(trace) : this.#delegate(trace);
      case "session":
        await this.env.UPLOAD_SESSIONS.getByName(trace.id).abandon();
        return {};
      case "stylization":
        return this.#eraseStylization(trace);
      case "content":
        if (trace.record) await this.env.PICTURES.delete(trace.record);
        return this.#eraseContent(trace.contentHash);
    }
  }

  /** An upload's own record knows what was made of it. */
  async #delegate(trace: Trace & { kind: "upload" }): Promise<Partial<Counts>> {
    const { owner, sweepAfter } = this.#erasing();
    const record = this.env.USERS.getByName(uploadRecordName(trace.id));
    return record.erase({ owner, sweepAfter }, [trace]);
  }

  async #eraseUpload({ id, contentHash }: Trace & { kind: "upload" }): Promise<Partial<Counts>> {
    const bucket = this.env.PICTURES;
    const isThere = (await bucket.head(`uploads/${id}`)) !== null;
    await deleteUploads(bucket, [id]);
    await bucket.delete(incomingKey(id));
    await this.env.UPLOAD_SESSIONS.getByName(id).abandon();
    return { uploads: isThere ? 1 : 0, ...(await this.#eraseContent(contentHash)) };
  }

  async #eraseStylization({ id, owner }: Trace & { kind: "stylization" }): Promise<Partial<Counts>> {
    const erased = await this.env.JOBS.getByName(id).erase();
    await this.env.WEBHOOKS.getByName(owner ?? this.#erasing().owner).forget([id]);
    return erased ? { stylizations: 1, pictures: erased.pictures } : {};
  }

  async #eraseContent(contentHash: string): Promise<Partial<Counts>> {
    this.ctx.storage.kv.put(`sweep/${contentHash}`, { contentHash });
    return eraseContent(this.env.PICTURES, contentHash, Date.now());
  }

  /** Where nothing is known any more, nothing tells that there was a user. */
  async #forgetIfEmpty(): Promise<void> {
    const isEmpty = ["trace/", "erase/", "sweep/"].every((prefix) => this.#all(prefix).length === 0);
    if (!isEmpty || this.ctx.storage.kv.get("erasing")) return;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  #erasing(): Erasing {
    return (
      this.ctx.storage.kv.get<Erasing>("erasing") ?? { owner: "", sweepAfter: 0, counts: NOTHING, sweepAt: 0 }
    );
  }

  #all<Value = Trace>(prefix: string): Value[] {
    return [...this.ctx.storage.kv.list<Value>({ prefix })].map(([, value]) => value);
  }
}
