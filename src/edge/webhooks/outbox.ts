import type { Delivery } from "../../contract/api/webhooks.ts";
import { isoTime } from "../../contract/encoding.ts";
import type { Announcement } from "./announcement.ts";
import type { Outcome } from "./attempt.ts";
import { DAY, delayAfter } from "./backoff.ts";

/** For how long what has ended is kept, in milliseconds: dead letters to be looked through and replayed, delivered ones to be replayed. */
const KEPT = { delivered: 3 * DAY, dead: 30 * DAY };

/** For how long it is remembered that nothing is to be told of a stylization. */
const FORGOTTEN = DAY;

/** What an owner has of each state at most, so that no endpoint's absence fills the storage. */
export const MOST = 10_000;

const PAGE = 100;

type Row = {
  id: string;
  stylization: string;
  type: Delivery["type"];
  url: string;
  host: string;
  body: string;
  state: Delivery["state"];
  created_at: number;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  next_at: number | null;
  ended_at: number | null;
  run: number;
  run_at: number;
  failures: number;
};

/** One that is to be sent now, as it stands. */
export type Due = Pick<Row, "id" | "url" | "host" | "body" | "attempts" | "run" | "run_at" | "failures">;

/**
 * What is to be delivered, was, or could not be. A run is a day of attempts: the first begins when a delivery is made, another with each
 * replay. All times are milliseconds since 1970.
 */
export class Outbox {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS deliveries (
        id TEXT PRIMARY KEY,
        stylization TEXT NOT NULL,
        begun_at INTEGER NOT NULL, -- the stylization: the next of the same Idempotency-Key may have its id
        type TEXT NOT NULL,
        url TEXT NOT NULL,
        host TEXT NOT NULL,
        body TEXT NOT NULL, -- as it is sent: each attempt's bytes are the same
        state TEXT NOT NULL DEFAULT 'pending',
        created_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        last_status INTEGER,
        last_error TEXT,
        next_at INTEGER, -- where it is pending
        ended_at INTEGER, -- where it is not
        run INTEGER NOT NULL DEFAULT 1,
        run_at INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0, -- of the run
        UNIQUE (stylization, begun_at, type)
      );
      CREATE INDEX IF NOT EXISTS by_next ON deliveries (state, next_at);
      CREATE INDEX IF NOT EXISTS by_end ON deliveries (state, ended_at);
      CREATE INDEX IF NOT EXISTS by_creation ON deliveries (created_at);
      CREATE TABLE IF NOT EXISTS forgotten (stylization TEXT PRIMARY KEY, at INTEGER NOT NULL);
    `);
  }

  /** Takes it over, once: the same stylization and type again is the same delivery. */
  add(id: string, { stylization, url, event }: Announcement, now: number): void {
    const begunAt = Date.parse(event.data.createdAt);
    if (this.#one("SELECT 1 FROM forgotten WHERE stylization = ? AND at >= ?", stylization, begunAt)) return;
    // Each has a time of its own, which makes `before` a cursor that neither skips nor repeats one.
    const { last } =
      this.#one<{ last: number | null }>("SELECT max(created_at) AS last FROM deliveries") ?? {};
    const createdAt = Math.max(now, (last ?? 0) + 1);
    this.#sql.exec(
      `INSERT INTO deliveries (id, stylization, begun_at, type, url, host, body, created_at, next_at, run_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[id, stylization, begunAt, event.type, url, new URL(url).host],
      ...[JSON.stringify(event), createdAt, now, now],
    );
  }

  /** Deletes all that is known of these stylizations which began until then, and takes over nothing more of them, unless they begin anew. */
  forget(stylizations: readonly string[], begunUntil: number): void {
    const list = JSON.stringify(stylizations);
    this.#sql.exec(
      "INSERT OR REPLACE INTO forgotten (stylization, at) SELECT value, ? FROM json_each(?)",
      begunUntil,
      list,
    );
    this.#sql.exec(
      "DELETE FROM deliveries WHERE begun_at <= ? AND stylization IN (SELECT value FROM json_each(?))",
      begunUntil,
      list,
    );
  }

  /** The newest first. */
  list({ state, before }: { state?: Delivery["state"]; before?: number }): Delivery[] {
    return this.#all<Row>(
      `SELECT * FROM deliveries WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR created_at < ?2)
       ORDER BY created_at DESC LIMIT ${PAGE}`,
      state ?? null,
      before ?? null,
    ).map(told);
  }

  /** Begins another run. @returns undefined where there is none */
  replay(id: string, now: number): Delivery | undefined {
    const row = this.#one<Row>(
      `UPDATE deliveries SET state = 'pending', next_at = ?1, ended_at = NULL, run = run + 1, run_at = ?1,
       failures = 0 WHERE id = ?2 RETURNING *`,
      now,
      id,
    );
    return row && told(row);
  }

  /**
   * The one that has been due for longest, but for those under way. Hosts to which nothing is under way come first, and of those that have
   * their fill none: a slow endpoint holds up its own.
   */
  due(now: number, underWay: readonly { id: string; host: string }[], mostOfHost: number): Due | undefined {
    const hosts = underWay.map(({ host }) => host);
    const full = hosts.filter((host) => hosts.filter((other) => other === host).length >= mostOfHost);
    const ids = underWay.map(({ id }) => id);
    for (const without of [hosts, full]) {
      const due = this.#one<Due>(
        `SELECT id, url, host, body, attempts, run, run_at, failures FROM deliveries
         WHERE state = 'pending' AND next_at <= ? AND host NOT IN (SELECT value FROM json_each(?))
         AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY next_at LIMIT 1`,
        ...[now, JSON.stringify(without), JSON.stringify(ids)],
      );
      if (due) return due;
    }
    return undefined;
  }

  /**
   * Notes an attempt before it is made, as one that failed: if nobody comes back to say how it ended, the next one follows at its time, and
   * what brings the object down each time brings it down no more often than that.
   */
  begin({ id }: Due, now: number, chance: number): void {
    const failures = this.#one<{ failures: number }>(
      `UPDATE deliveries SET attempts = attempts + 1, failures = failures + 1,
       last_status = NULL, last_error = 'An attempt is under way, or was interrupted.' WHERE id = ? RETURNING failures`,
      id,
    )?.failures;
    const next = now + delayAfter(failures ?? 1, chance);
    this.#sql.exec("UPDATE deliveries SET next_at = ? WHERE id = ?", next, id);
  }

  /** Notes how the attempt ended. Where the delivery has begun another run meanwhile, that goes on. */
  end({ id, run, run_at, failures }: Due, outcome: Outcome, now: number, chance: number): Delivery["state"] {
    const error = "error" in outcome ? outcome.error : null;
    const asked = outcome.kind === "failed" ? outcome.retryAfter : undefined;
    const next = now + delayAfter(failures + 1, chance, asked);
    const isLast = next > run_at + DAY;
    const isOver = outcome.kind === "gone" || outcome.kind === "forbidden" || isLast;
    const state = outcome.kind === "delivered" ? "delivered" : isOver ? "dead" : "pending";
    this.#sql.exec(
      "UPDATE deliveries SET last_status = ?, last_error = ? WHERE id = ?",
      outcome.status ?? null,
      error,
      id,
    );
    this.#sql.exec(
      "UPDATE deliveries SET state = ?, next_at = ?, ended_at = ? WHERE id = ? AND run = ?",
      ...[state, state === "pending" ? next : null, state === "pending" ? null : now, id, run],
    );
    return state;
  }

  /** Ends what is over: runs of which the last attempt was interrupted, and what has been kept for long enough. */
  expire(now: number): void {
    this.#sql.exec(
      `UPDATE deliveries SET state = 'dead', next_at = NULL, ended_at = ?1
       WHERE state = 'pending' AND next_at <= ?1 AND next_at > run_at + ${DAY}`,
      now,
    );
    for (const state of ["delivered", "dead"] as const)
      this.#sql.exec("DELETE FROM deliveries WHERE state = ? AND ended_at <= ?", state, now - KEPT[state]);
    this.#sql.exec("DELETE FROM forgotten WHERE at <= ?", now - FORGOTTEN);
  }

  /** Ends the oldest of what is too many: the pending become dead letters, the others are deleted. */
  limit(now: number, most = MOST): void {
    this.#sql.exec(
      `UPDATE deliveries SET state = 'dead', next_at = NULL, ended_at = ?, last_error = ? WHERE id IN
       (SELECT id FROM deliveries WHERE state = 'pending' ORDER BY created_at DESC LIMIT -1 OFFSET ?)`,
      ...[now, `More than ${most} newer ones are waiting.`, most],
    );
    for (const state of ["delivered", "dead"]) {
      this.#sql.exec(
        `DELETE FROM deliveries WHERE id IN
         (SELECT id FROM deliveries WHERE state = ? ORDER BY ended_at DESC LIMIT -1 OFFSET ?)`,
        ...[state, most],
      );
    }
  }

  /** When there is something to do next: to send, or to delete. */
  nextAt(): number | undefined {
    const times = this.#one<Record<"next" | "delivered" | "dead" | "forgotten", number | null>>(
      `SELECT (SELECT min(next_at) FROM deliveries WHERE state = 'pending') AS next,
              (SELECT min(ended_at) FROM deliveries WHERE state = 'delivered') + ${KEPT.delivered} AS delivered,
              (SELECT min(ended_at) FROM deliveries WHERE state = 'dead') + ${KEPT.dead} AS dead,
              (SELECT min(at) FROM forgotten) + ${FORGOTTEN} AS forgotten`,
    );
    const all = Object.values(times ?? {}).filter((time) => time !== null);
    return all.length > 0 ? Math.min(...all) : undefined;
  }

  #all<Result extends Record<string, SqlStorageValue>>(
    query: string,
    ...values: SqlStorageValue[]
  ): Result[] {
    return this.#sql.exec<Result>(query, ...values).toArray();
  }

  #one<Result extends Record<string, SqlStorageValue>>(
    query: string,
    ...values: SqlStorageValue[]
  ): Result | undefined {
    return this.#all<Result>(query, ...values)[0];
  }
}

/** As the API has it. */
function told(row: Row): Delivery {
  return {
    id: row.id,
    state: row.state,
    type: row.type,
    url: row.url,
    stylization: row.stylization,
    attempts: row.attempts,
    ...(row.last_status === null ? {} : { lastStatus: row.last_status }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    createdAt: isoTime(row.created_at),
    ...(row.next_at === null ? {} : { nextAttemptAt: isoTime(row.next_at) }),
    ...(row.state === "delivered" && row.ended_at !== null ? { deliveredAt: isoTime(row.ended_at) } : {}),
  };
}
