import { DurableObject } from "cloudflare:workers";
import { isSigned, sign } from "../../contract/signature.ts";
import type { Named, TraceRecord } from "../erasure/bindings.ts";
import { userRecord } from "../erasure/record-names.ts";
import { incomingKey } from "../storage/keys.ts";
import { Parts } from "./parts.ts";

/** An upload that is not there yet. Times in milliseconds since 1970. */
export type Session = {
  kind: "direct" | "resumable";
  /** Of the upload to be. */
  id: string;
  owner: string;
  user: string | undefined;
  /** Bytes that were announced. */
  length: number;
  /** Of all of them, hexadecimal, where it was announced. */
  sha256: string | undefined;
  expiresAt: number;
};

export type Opened =
  | { ok: true; ticket: string }
  | { ok: false; why: "locked" | "offset" | "gone"; offset: number };

/** Milliseconds that a writer may be silent before another may take over: phones change networks, and nobody tells the old connection. */
const LEASE = 5_000;

/** Milliseconds for a PUT that began just before its URL expired, and for whoever else has an upload's bytes at hand when it is finished. */
const LATE = 15 * 60_000;

const RETRY = 60_000;

/** How it ended, while that must be known. */
type Over = "finished" | "abandoned";

type SessionBindings = {
  PICTURES: R2Bucket;
  USERS: Named<TraceRecord>;
  API_KEYS: Named<{ closeSession(id: string): Promise<void> }>;
};

/**
 * One upload that is direct or can be resumed, until it is whole, given up or expired; named by the id of the upload to be. Bytes that are
 * acknowledged are in its storage. A direct one's are in R2, under `incoming/`; it lives on until its URL has expired, so that what is put there
 * late is deleted too. How one ended is known for a while to those who are just making an upload of it: where that is deleted again, or it was
 * given up, they must not store it anew.
 */
export class UploadSession extends DurableObject<SessionBindings> {
  readonly #parts = new Parts(this.ctx.storage);
  /** In memory: where it is lost, the writer's next bytes are refused, and it asks how far it came. */
  #writer: { ticket: string; heardAt: number } | undefined;

  async begin(session: Session): Promise<void> {
    const { id, kind, expiresAt } = session;
    await userRecord(this.env, session)?.add({ kind: "session", id });
    this.ctx.storage.kv.put("session", session);
    await this.ctx.storage.setAlarm(kind === "direct" ? expiresAt + LATE : expiresAt);
  }

  /** Undefined where there is none, or not any more. */
  async look(): Promise<(Session & { offset: number }) | undefined> {
    const session = this.#open();
    return session && { ...session, offset: this.#parts.end() };
  }

  /** A signature of the text that nobody else can make: the key was never outside of this object. */
  async sign(text: string): Promise<string> {
    const { kv } = this.ctx.storage;
    const bytes = kv.get<Uint8Array<ArrayBuffer>>("key") ?? crypto.getRandomValues(new Uint8Array(32));
    kv.put("key", bytes);
    return sign(text, { id: "", bytes });
  }

  async admits(text: string, signature: string): Promise<boolean> {
    const bytes = this.ctx.storage.kv.get<Uint8Array<ArrayBuffer>>("key");
    return bytes !== undefined && this.#open() !== undefined && isSigned(text, signature, { id: "", bytes });
  }

  /** Lets one write at a time, who knows how far it came. */
  async open(offset: number): Promise<Opened> {
    if (!this.#open()) return { ok: false, why: "gone", offset: 0 };
    const isHeard = this.#writer && Date.now() < this.#writer.heardAt + LEASE;
    if (isHeard) return { ok: false, why: "locked", offset: this.#parts.end() };
    this.#parts.forgetUnconfirmed();
    if (offset !== this.#parts.end()) return { ok: false, why: "offset", offset: this.#parts.end() };
    const ticket = crypto.randomUUID();
    this.#writer = { ticket, heardAt: Date.now() };
    return { ok: true, ticket };
  }

  /**
   * Keeps bytes behind those that there are.
   *
   * @param isConfirmed false while it is not known whether they have their checksum
   * @returns false where somebody else writes by now, or nobody may
   */
  async append(ticket: string, bytes: Uint8Array, isConfirmed: boolean): Promise<boolean> {
    const session = this.#open();
    if (!session || this.#writer?.ticket !== ticket) return false;
    if (this.#parts.written() + bytes.length > session.length) return false;
    this.#writer.heardAt = Date.now();
    this.#parts.append(bytes, isConfirmed);
    return true;
  }

  /** The writer is done; bytes without a right checksum are forgotten. @returns how far it came */
  async close(ticket: string, isConfirmed: boolean): Promise<number> {
    if (this.#writer?.ticket !== ticket) return this.#parts.end();
    this.#writer = undefined;
    if (isConfirmed) this.#parts.confirm();
    else this.#parts.forgetUnconfirmed();
    return this.#parts.end();
  }

  /** All bytes that there are, for whoever makes an upload of them, and ends it then; undefined where somebody else has. */
  async content(): Promise<ReadableStream<Uint8Array> | undefined> {
    if (!this.#open()) return undefined;
    this.ctx.storage.kv.put("isFinishing", true);
    return this.#parts.stream();
  }

  /**
   * It has become an upload, or was refused: nothing of it is left, but for how it ended.
   *
   * @returns false where it was given up meanwhile, or erased, so that there must not be an upload
   */
  async end(isStored: boolean): Promise<boolean> {
    const { kv } = this.ctx.storage;
    const session = kv.get<Session>("session");
    if (!session) return false;
    const isWanted = kv.get<Over>("over") !== "abandoned";
    const isKept = session.kind === "direct" || (isStored && isWanted);
    await this.#close(session, isWanted ? "finished" : "abandoned", isKept);
    return isWanted;
  }

  /** It is given up, or it and what has become of it are erased: nothing of it is left. @returns whether it was there */
  async abandon(): Promise<boolean> {
    const { kv } = this.ctx.storage;
    const session = kv.get<Session>("session");
    if (!session) return false;
    const wasOpen = this.#open() !== undefined;
    const isAwaited = session.kind === "direct" || kv.get("isFinishing") === true; // somebody may have its bytes at hand
    await this.#close(session, "abandoned", isAwaited);
    return wasOpen;
  }

  override async alarm(): Promise<void> {
    const session = this.ctx.storage.kv.get<Session>("session");
    if (!session) return;
    try {
      if (session.kind === "direct") await this.env.PICTURES.delete(incomingKey(session.id));
      await this.#forget(session);
    } catch (error) {
      console.error(JSON.stringify({ event: "upload_session_not_deleted", error: String(error) }));
      await this.ctx.storage.setAlarm(Date.now() + RETRY); // the runtime's own retries end
    }
  }

  /** @param isKept that it is over must be known for a while, and nothing else of it */
  async #close(session: Session, over: Over, isKept: boolean): Promise<void> {
    const { kind, id, length, expiresAt } = session;
    const { storage } = this.ctx;
    storage.kv.put("over", over); // before anything is waited for: nobody adds to it or finishes it any more
    this.#writer = undefined;
    this.#parts.forgetAll();
    if (!isKept) {
      await this.#forget(session);
      return this.#release(session);
    }
    storage.kv.put("session", {
      kind,
      id,
      length,
      expiresAt,
      owner: "",
      user: undefined,
      sha256: undefined,
    });
    storage.kv.delete("key");
    if (kind === "direct") await this.env.PICTURES.delete(incomingKey(id));
    else await storage.setAlarm(Date.now() + LATE);
    await userRecord(this.env, session)?.remove({ kind: "session", id });
    await this.#release(session);
  }

  async #forget(session: Session): Promise<void> {
    await userRecord(this.env, session)?.remove({ kind: "session", id: session.id });
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  /** It counts no longer to what its owner has begun. Where that cannot be told, it does until it would have expired. */
  async #release({ id, owner }: Session): Promise<void> {
    if (owner === "") return; // it was told before
    try {
      await this.env.API_KEYS.getByName(owner).closeSession(id);
    } catch (error) {
      console.warn(JSON.stringify({ event: "upload_session_not_released", error: String(error) }));
    }
  }

  #open(): Session | undefined {
    const session = this.ctx.storage.kv.get<Session>("session");
    const isOver =
      !session || Date.now() >= session.expiresAt || this.ctx.storage.kv.get("over") !== undefined;
    return isOver ? undefined : session;
  }
}
