import { DAY } from "./backoff.ts";
import { makeSecret } from "./signature.ts";

/** For how long a secret signs beside the one that has taken its place. */
const OVERLAP = DAY;

/** Older ones that sign too, where secrets are made again and again: a header has room for so many. */
const MOST_BEFORE = 4;

/**
 * A key's secrets: one that holds, and those before it whose day is not over. They must be there as they are, since they sign; nobody is shown
 * one twice. A request for a new one that broke off, and was sent again, leaves the receiver's still among them.
 */
export class Secrets {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS secrets (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      secret TEXT NOT NULL,
      until INTEGER -- none: it holds
    )`);
  }

  get isEmpty(): boolean {
    return this.#sql.exec("SELECT 1 FROM secrets LIMIT 1").toArray().length === 0;
  }

  /** Makes the one that holds from now on; `previousUntil` is there where another did before. */
  rotate(now: number): { secret: string; previousUntil: number | undefined } {
    this.#sql.exec("DELETE FROM secrets WHERE until <= ?", now);
    const previousUntil = this.isEmpty ? undefined : now + OVERLAP;
    this.#sql.exec("UPDATE secrets SET until = ? WHERE until IS NULL", now + OVERLAP);
    const secret = makeSecret();
    this.#sql.exec("INSERT INTO secrets (secret) VALUES (?)", secret);
    this.#sql.exec(
      "DELETE FROM secrets WHERE number NOT IN (SELECT number FROM secrets ORDER BY number DESC LIMIT ?)",
      1 + MOST_BEFORE,
    );
    return { secret, previousUntil };
  }

  /** Those that sign, the one that holds first. */
  at(now: number): string[] {
    return this.#sql
      .exec<{ secret: string }>(
        "SELECT secret FROM secrets WHERE until IS NULL OR until > ? ORDER BY number DESC",
        now,
      )
      .toArray()
      .map(({ secret }) => secret);
  }
}
