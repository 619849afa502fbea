import { dayOf, minuteOf, monthOf } from "./limits.ts";

/** What is counted of a day. */
export type Counts = {
  requests: number;
  refused: number;
  uploads: number;
  uploadBytes: number;
  pictures: number;
};

/** How long a reservation holds: no stylization is under way for longer. */
const RESERVATION_MS = 24 * 3_600_000;

/** How long a reservation that has lapsed can still be settled, and how long it is known that an upload is counted. */
const KNOWN_MS = 7 * 24 * 3_600_000;

/** A year, and the month that is not over. */
const DAYS_KEPT = 400;

const TABLES = `
  CREATE TABLE IF NOT EXISTS minute (
    only INTEGER PRIMARY KEY CHECK (only = 0), began INTEGER NOT NULL, requests INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS days (
    day TEXT PRIMARY KEY, requests INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
    uploads INTEGER NOT NULL DEFAULT 0, uploadBytes INTEGER NOT NULL DEFAULT 0, pictures INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS works (
    work TEXT PRIMARY KEY, day TEXT NOT NULL, pictures INTEGER NOT NULL, at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS reserved ON works (day);
  CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * What a key has used, in its object's SQLite. Every method is one synchronous piece, so that nothing comes between looking and counting.
 *
 * A picture counts to the month in which it was reserved, whenever it is made: each month's quota is then exact by itself.
 */
export class UsageLedger {
  readonly #sql: SqlStorage;
  /** Where there is nothing to tell, nothing is written: an object that was only asked for leaves no storage behind. */
  #isThere: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#isThere = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'works'").toArray().length > 0;
  }

  /** Requests of this minute of the clock so far. */
  requestsOfMinute(now: number): number {
    if (!this.#isThere) return 0;
    const rows = this.#sql.exec<{ began: number; requests: number }>("SELECT began, requests FROM minute");
    const [minute] = rows.toArray();
    return minute?.began === minuteOf(now) ? minute.requests : 0;
  }

  /** The minute of the last request, milliseconds since 1970. */
  lastUsed(): number | undefined {
    if (!this.#isThere) return undefined;
    return this.#sql.exec<{ began: number }>("SELECT began FROM minute").toArray()[0]?.began;
  }

  countRequest(now: number): void {
    this.#prepare();
    const requests = this.requestsOfMinute(now) + 1;
    this.#sql.exec("INSERT OR REPLACE INTO minute VALUES (0, ?, ?)", minuteOf(now), requests);
    this.#count("requests", 1, dayOf(now), now);
  }

  /** One beyond a quota. */
  countRefusal(now: number): void {
    this.#prepare();
    this.#count("refused", 1, dayOf(now), now);
  }

  /** The same upload twice is one. */
  countUpload(id: string, bytes: number, now: number): void {
    this.#prepare();
    if (this.#sql.exec("SELECT 1 FROM uploads WHERE id = ?", id).toArray().length > 0) return;
    this.#sql.exec("INSERT INTO uploads VALUES (?, ?)", id, now);
    this.#count("uploads", 1, dayOf(now), now);
    this.#count("uploadBytes", bytes, dayOf(now), now);
  }

  /** Pictures made and reserved of the month. */
  picturesOf(month: string, now: number): { made: number; reserved: number } {
    if (!this.#isThere) return { made: 0, reserved: 0 };
    const days = [`${month}-01`, `${month}-31`];
    const [made] = this.#sql
      .exec<{ sum: number }>(
        "SELECT coalesce(sum(pictures), 0) AS sum FROM days WHERE day BETWEEN ? AND ?",
        ...days,
      )
      .toArray();
    const [reserved] = this.#sql
      .exec<{ sum: number }>(
        "SELECT coalesce(sum(pictures), 0) AS sum FROM works WHERE day BETWEEN ? AND ? AND at > ?",
        ...days,
        now - RESERVATION_MS,
      )
      .toArray();
    return { made: made?.sum ?? 0, reserved: reserved?.sum ?? 0 };
  }

  /**
   * Reserving what is reserved already takes no more.
   *
   * @param quota pictures of the month; undefined without one
   * @returns false where there are not so many left
   */
  reserve(work: string, pictures: number, quota: number | undefined, now: number): boolean {
    this.#prepare();
    if (this.#sql.exec("SELECT 1 FROM works WHERE work = ?", work).toArray().length > 0) return true;
    const { made, reserved } = this.picturesOf(monthOf(now), now);
    if (quota !== undefined && made + reserved + pictures > quota) return false;
    this.#sql.exec("INSERT INTO works VALUES (?, ?, ?, ?)", work, dayOf(now), pictures, now);
    return true;
  }

  /**
   * Counts what was made and forgets the reservation, in one, even where that has lapsed: settling again then counts nothing, like what
   * nobody has reserved.
   */
  settle(work: string, made: number, now: number): void {
    this.#prepare();
    const query = "DELETE FROM works WHERE work = ? RETURNING day";
    const [reserved] = this.#sql.exec<{ day: string }>(query, work).toArray();
    if (reserved && made > 0) this.#count("pictures", made, reserved.day, now);
  }

  /** The days of a month on which there was anything. */
  daysOf(month: string): (Counts & { day: string })[] {
    if (!this.#isThere) return [];
    return this.#sql
      .exec<Counts & { day: string }>(
        "SELECT * FROM days WHERE day BETWEEN ? AND ? ORDER BY day",
        `${month}-01`,
        `${month}-31`,
      )
      .toArray();
  }

  #prepare(): void {
    if (this.#isThere) return;
    this.#sql.exec(TABLES);
    this.#isThere = true;
  }

  #count(what: keyof Counts, by: number, day: string, now: number): void {
    const changed = this.#sql.exec(
      `UPDATE days SET ${what} = ${what} + ? WHERE day = ?`,
      by,
      day,
    ).rowsWritten;
    if (changed > 0) return;
    this.#sql.exec(`INSERT INTO days (day, ${what}) VALUES (?, ?)`, day, by);
    this.#forget(now);
  }

  /** With the first of each day, rather than by an alarm: a key that nobody uses keeps what it has. */
  #forget(now: number): void {
    this.#sql.exec("DELETE FROM days WHERE day < ?", dayOf(now - DAYS_KEPT * 24 * 3_600_000));
    this.#sql.exec("DELETE FROM works WHERE at < ?", now - RESERVATION_MS - KNOWN_MS);
    this.#sql.exec("DELETE FROM uploads WHERE at < ?", now - KNOWN_MS);
  }
}
