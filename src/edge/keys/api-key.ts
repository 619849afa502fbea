import { DurableObject } from "cloudflare:workers";
import type { Key, Usage } from "../../contract/api/keys.ts";
import { isoTime } from "../../contract/encoding.ts";
import { type Limits, monthOf, secondsToNextMinute, secondsToNextMonth } from "./limits.ts";
import { UsageLedger } from "./usage-ledger.ts";

/** What a key is, as it is stored; when it was last used is the ledger's to tell. */
export type KeyRecord = Omit<Key, "lastUsedAt">;

/** What may be changed of it. */
export type KeyPatch = Partial<Omit<KeyRecord, "id" | "createdAt" | "revokedAt">>;

/** A request at the door. */
export type Knock = {
  /** SHA-256 of the key's secret; undefined for a token, whose signature stands for it. */
  hash?: string;
  /** A picture that is to be made for it, if the month has one left. */
  work?: string;
};

export type Entry =
  | { kind: "in"; record: KeyRecord; limits: Limits }
  /** There is no such key, or it has another secret: nobody is told which. */
  | { kind: "unknown" }
  | { kind: "revoked" | "expired" }
  | { kind: "limited" | "exhausted"; limits: Limits };

export type Changed = { kind: "changed"; key: Key } | { kind: "unknown" | "revoked" };

/** For how long the secret before goes on. */
const ROTATION_MS = 3_600_000;

type Held = { record: KeyRecord; hash: string; previous: string | undefined; previousUntil: number };

const TABLE = `CREATE TABLE IF NOT EXISTS key (
  only INTEGER PRIMARY KEY CHECK (only = 0), record TEXT NOT NULL, hash TEXT NOT NULL, previous TEXT, previousUntil INTEGER NOT NULL
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
    this.#write({ record, hash, previous: undefined, previousUntil: 0 });
    return true;
  }

  /** Says whether the key holds, and counts the request to its quotas. */
  enter({ hash, work }: Knock): Entry {
    const now = Date.now();
    const held = this.#held;
    if (!held || (hash !== undefined && !isSecret(hash, held, now))) return { kind: "unknown" };
    const { record } = held;
    if (record.revokedAt !== undefined) return { kind: "revoked" };
    if (record.expiresAt !== undefined && Date.parse(record.expiresAt) <= now) return { kind: "expired" };
    const { perMinute, perMonth } = record.quotas;
    const isLimited = perMinute !== undefined && this.#ledger.requestsOfMinute(now) >= perMinute;
    const isReserved = isLimited || work === undefined || this.#ledger.reserve(work, 1, perMonth, now);
    if (isLimited || !isReserved) this.#ledger.countRefusal(now);
    if (!isLimited) this.#ledger.countRequest(now);
    const limits = this.#limits(now);
    if (isLimited) return { kind: "limited", limits };
    return isReserved ? { kind: "in", record, limits } : { kind: "exhausted", limits };
  }

  /** For who is known otherwise, and has no quotas. @param work a picture that is to be made */
  count(work?: string): void {
    const now = Date.now();
    this.#ledger.countRequest(now);
    if (work !== undefined) this.#ledger.reserve(work, 1, undefined, now);
  }

  /** May be repeated, and reserves no more then. @returns false where the month has not so many left */
  reserve(work: string, pictures: number): { isReserved: boolean; retryAfter: number } {
    const now = Date.now();
    const isReserved = this.#ledger.reserve(work, pictures, this.#held?.record.quotas.perMonth, now);
    if (!isReserved) this.#ledger.countRefusal(now);
    return { isReserved, retryAfter: secondsToNextMonth(now) };
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

  /** The secret before goes on for an hour; the one before that ends at once. */
  rotate(hash: string): Changed {
    const previousUntil = Date.now() + ROTATION_MS;
    return this.#alter((held) => ({ ...held, hash, previous: held.hash, previousUntil }));
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
    type Row = { record: string; hash: string; previous: string | null; previousUntil: number };
    const [row] = this.#sql.exec<Row>("SELECT record, hash, previous, previousUntil FROM key").toArray();
    return row && { ...row, record: JSON.parse(row.record), previous: row.previous ?? undefined };
  }

  #write(held: Held): void {
    const { record, hash, previous, previousUntil } = held;
    const values = [JSON.stringify(record), hash, previous ?? null, previousUntil];
    this.#sql.exec("INSERT OR REPLACE INTO key VALUES (0, ?, ?, ?, ?)", ...values);
    this.#held = { ...held, record: JSON.parse(JSON.stringify(record)) };
  }
}

function isSecret(hash: string, { hash: current, previous, previousUntil }: Held, now: number): boolean {
  return isSame(hash, current) || (previous !== undefined && now < previousUntil && isSame(hash, previous));
}

/** Both are hashes, of which nothing could be learnt by timing; it costs nothing to be sure. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}
