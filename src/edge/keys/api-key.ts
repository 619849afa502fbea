import { DurableObject } from "cloudflare:workers";
import { DEFAULT_OPEN, type Key, type Usage } from "../../contract/api/keys.ts";
import { isoTime } from "../../contract/encoding.ts";
import { type Limits, monthOf, secondsToNextMinute, secondsToNextMonth } from "./limits.ts";
import { UsageLedger, type Work } from "./usage-ledger.ts";

/** What a key is, as it is stored; when it was last used is the ledger's to tell. */
export type KeyRecord = Omit<Key, "lastUsedAt">;

/** What may be changed of it. */
export type KeyPatch = Partial<Omit<KeyRecord, "id" | "createdAt" | "revokedAt">>;

/** A request at the door. */
export type Knock = {
  /** What it comes with: the SHA-256 of the key's secret, or of a token, whose signature stands for it, the number of that secret. */
  by: { hash: string } | { generation: number };
  /** Pictures that are to be made for it, if the month has them left. */
  work?: Work | undefined;
};

export type Entry =
  /** `generation`: the number of the secret that it came with, or that minted its token. */
  | { kind: "in"; record: KeyRecord; generation: number; limits: Limits }
  /** There is no such key, or it has another secret: nobody is told which. */
  | { kind: "unknown" }
  | { kind: "revoked" | "expired" }
  /** Of a token: the secret that minted it has ended. */
  | { kind: "replaced" }
  | { kind: "limited" | "exhausted"; limits: Limits }
  | { kind: "crowded"; open: number; limits: Limits };

export type Reserved =
  | { kind: "reserved"; limits: Limits }
  /** @property retryAfter seconds until the month is over */
  | { kind: "exhausted"; retryAfter: number }
  | { kind: "crowded"; open: number };

export type Changed = { kind: "changed"; key: Key } | { kind: "unknown" | "revoked" };

/** For how long the secret before goes on. */
const ROTATION_MS = 3_600_000;

/** Uploads that a key may have begun at once: each may hold 30 MiB for a day. */
const MOST_SESSIONS = 200;

type Held = {
  record: KeyRecord;
  hash: string;
  /** The number of the secret: one more each time that it is replaced. */
  generation: number;
  previous: string | undefined;
  previousUntil: number;
};

const TABLE = `CREATE TABLE IF NOT EXISTS key (
  only INTEGER PRIMARY KEY CHECK (only = 0), record TEXT NOT NULL, hash TEXT NOT NULL, generation INTEGER NOT NULL,
  previous TEXT, previousUntil INTEGER NOT NULL
)`;

/**
 * One key: what it may do, and what it has used. Named by the key's id; there are two besides that are no keys and only count, `operator`
 * and `local`. Whoever comes in is known and counted in one call, which no other comes between.
 */
export class ApiKey extends DurableObject {
  readonly #sql = this.ctx.storage.sql;
  readonly #ledger = new UsageLedger(this.#sql);
  #held = this.#read();

  /** False where there is a key of this id. */
  create(record: KeyRecord, hash: string): boolean {
    if (this.#held) return false;
    this.#sql.exec(TABLE);
    this.#write({ record, hash, generation: 1, previous: undefined, previousUntil: 0 });
    return true;
  }

  /** Says whether the key holds, and counts the request to its quotas. */
  enter({ by, work }: Knock): Entry {
    const now = Date.now();
    const held = this.#held;
    if (!held) return { kind: "unknown" };
    const generation = "hash" in by ? generationOf(by.hash, held, now) : by.generation;
    if (generation === undefined) return { kind: "unknown" };
    const { record } = held;
    if (record.revokedAt !== undefined) return { kind: "revoked" };
    if (record.expiresAt !== undefined && Date.parse(record.expiresAt) <= now) return { kind: "expired" };
    if (!isGeneration(generation, held, now)) return { kind: "replaced" };
    const { perMinute } = record.quotas;
    if (perMinute !== undefined && this.#ledger.requestsOfMinute(now) >= perMinute) {
      this.#ledger.countRefusal(now);
      return { kind: "limited", limits: this.#limits(now) };
    }
    this.#ledger.countRequest(now);
    const reserved = work ? this.#reserve(work, now) : "reserved";
    const limits = this.#limits(now);
    if (reserved === "crowded") return { kind: reserved, open: openOf(record), limits };
    return reserved === "reserved" ? { kind: "in", record, generation, limits } : { kind: reserved, limits };
  }

  /** For who is known otherwise, and has no quotas. @param work pictures that are to be made */
  count(work?: Work): void {
    const now = Date.now();
    this.#ledger.countRequest(now);
    if (work) this.#reserve(work, now);
  }

  /** May be repeated, and reserves no more then. */
  reserve(work: Work): Reserved {
    const now = Date.now();
    const kind = this.#reserve(work, now);
    if (kind === "reserved") return { kind, limits: this.#limits(now) };
    if (kind === "exhausted") return { kind, retryAfter: secondsToNextMonth(now) };
    return { kind, open: openOf(this.#held?.record) };
  }

  #reserve(work: Work, now: number): "reserved" | "exhausted" | "crowded" {
    const record = this.#held?.record;
    const bounds = { perMonth: record?.quotas.perMonth, open: record && openOf(record) };
    const reserved = this.#ledger.reserve(work, bounds, now);
    if (reserved !== "reserved") this.#ledger.countRefusal(now);
    return reserved;
  }

  /** An upload that is begun. May be repeated. @returns false where the key has as many as it may have */
  openSession(id: string, until: number): boolean {
    const now = Date.now();
    const isOpen = this.#ledger.openSession(id, until, this.#held && MOST_SESSIONS, now);
    if (!isOpen) this.#ledger.countRefusal(now);
    return isOpen;
  }

  closeSession(id: string): void {
    this.#ledger.closeSession(id);
  }

  settle(work: string, made: number): void {
    this.#ledger.settle(work, made, Date.now());
  }

  countUpload(id: string, bytes: number): void {
    this.#ledger.countUpload(id, bytes, Date.now());
  }

  describe(): Key | undefined {
    return this.#held && this.#described(this.#held.record);
  }

  /** What is undefined in the patch is taken away; what is not in it stays. */
  change(patch: KeyPatch): Changed {
    return this.#alter(({ record, ...rest }) => ({ ...rest, record: { ...record, ...patch } }));
  }

  /** The secret before goes on for an hour, with the tokens that it has minted or mints; the one before that ends at once, with its own. */
  rotate(hash: string): Changed {
    const previousUntil = Date.now() + ROTATION_MS;
    return this.#alter((held) => {
      const generation = held.generation + 1;
      return { ...held, hash, generation, previous: held.hash, previousUntil };
    });
  }

  revoke(): Key | undefined {
    const held = this.#held;
    if (!held) return undefined;
    if (held.record.revokedAt === undefined) {
      const revokedAt = isoTime(Date.now());
      this.#write({ ...held, record: { ...held.record, revokedAt }, previous: undefined });
    }
    return this.describe();
  }

  /** @param month the current one where it is undefined */
  usage(month = monthOf(Date.now())): Omit<Usage, "key"> {
    const days = this.#ledger.daysOf(month);
    const total = { requests: 0, refused: 0, uploads: 0, uploadBytes: 0, pictures: 0 };
    for (const day of days) {
      for (const what of Object.keys(total) as (keyof typeof total)[]) total[what] += day[what];
    }
    const { reserved } = this.#ledger.picturesOf(month, Date.now());
    return { month, quotas: this.#held?.record.quotas ?? {}, reserved, ...total, days };
  }

  #alter(alter: (held: Held) => Held): Changed {
    if (!this.#held) return { kind: "unknown" };
    if (this.#held.record.revokedAt !== undefined) return { kind: "revoked" };
    const held = alter(this.#held);
    this.#write(held);
    return { kind: "changed", key: this.#described(held.record) };
  }

  #limits(now: number): Limits {
    const { perMinute, perMonth } = this.#held?.record.quotas ?? {};
    const limits: Limits = {};
    if (perMinute !== undefined) {
      const left = Math.max(0, perMinute - this.#ledger.requestsOfMinute(now));
      limits.minute = { quota: perMinute, left, reset: secondsToNextMinute(now) };
    }
    if (perMonth !== undefined) {
      const { made, reserved } = this.#ledger.picturesOf(monthOf(now), now);
      const left = Math.max(0, perMonth - made - reserved);
      limits.month = { quota: perMonth, left, reset: secondsToNextMonth(now) };
    }
    return limits;
  }

  #described(record: KeyRecord): Key {
    const last = this.#ledger.lastUsed();
    return last === undefined ? record : { ...record, lastUsedAt: isoTime(last) };
  }

  #read(): Held | undefined {
    const isThere = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'key'").toArray().length > 0;
    if (!isThere) return undefined;
    type Row = Omit<Held, "record" | "previous"> & { record: string; previous: string | null };
    const columns = "record, hash, generation, previous, previousUntil";
    const [row] = this.#sql.exec<Row>(`SELECT ${columns} FROM key`).toArray();
    return row && { ...row, record: JSON.parse(row.record), previous: row.previous ?? undefined };
  }

  #write(held: Held): void {
    const { record, hash, generation, previous, previousUntil } = held;
    const values = [JSON.stringify(record), hash, generation, previous ?? null, previousUntil];
    this.#sql.exec("INSERT OR REPLACE INTO key VALUES (0, ?, ?, ?, ?, ?)", ...values);
    this.#held = { ...held, record: JSON.parse(JSON.stringify(record)) };
  }
}

const openOf = (record: KeyRecord | undefined): number => record?.quotas.open ?? DEFAULT_OPEN;

/** The number of the secret; undefined where it is none that holds. */
function generationOf(hash: string, held: Held, now: number): number | undefined {
  if (isSame(hash, held.hash)) return held.generation;
  const { previous, previousUntil } = held;
  return previous !== undefined && now < previousUntil && isSame(hash, previous)
    ? held.generation - 1
    : undefined;
}

/** Whether the secret of that number holds, and with it what it has minted: a thief's tokens end with the secret that was stolen. */
const isGeneration = (generation: number, held: Held, now: number): boolean =>
  generation === held.generation || (generation === held.generation - 1 && now < held.previousUntil);

/** Both are hashes, of which nothing could be learnt by timing; it costs nothing to be sure. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}
