/** Bytes of a row at most: SQLite in Durable Objects takes 2 MB (https://developers.cloudflare.com/durable-objects/platform/limits/). */
const ROW = 1024 * 1024;

/**
 * Bytes that arrive one after the other, in a Durable Object's SQLite. Those whose checksum is still to come are there, but do not count until
 * they are confirmed.
 */
export class Parts {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Bytes that count. */
  end(): number {
    return this.#storage.kv.get<number>("confirmed") ?? 0;
  }

  /** Bytes that are there. */
  written(): number {
    return this.#storage.kv.get<number>("written") ?? 0;
  }

  append(bytes: Uint8Array, isConfirmed: boolean): void {
    const { sql, kv } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS parts (at INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    const from = this.written();
    for (let at = 0; at < bytes.length; at += ROW) {
      const row = bytes.slice(at, at + ROW);
      sql.exec("INSERT INTO parts (at, bytes) VALUES (?, ?)", from + at, row.buffer);
    }
    kv.put("written", from + bytes.length);
    if (isConfirmed) this.confirm();
  }

  confirm(): void {
    this.#storage.kv.put("confirmed", this.written());
  }

  forgetUnconfirmed(): void {
    const end = this.end();
    if (this.written() === end) return;
    this.#storage.sql.exec("DELETE FROM parts WHERE at >= ?", end);
    this.#storage.kv.put("written", end);
  }

  forgetAll(): void {
    const { sql, kv } = this.#storage;
    sql.exec("DROP TABLE IF EXISTS parts");
    kv.delete("written");
    kv.delete("confirmed");
  }

  /** A row at a time, so that memory holds no more. */
  stream(): ReadableStream<Uint8Array> {
    const end = this.end();
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull: (controller) => {
        if (at >= end) return controller.close();
        const [row] = this.#storage.sql.exec<{ bytes: ArrayBuffer }>(
          "SELECT bytes FROM parts WHERE at = ?",
          at,
        );
        if (!row) throw new Error("a part of an upload is missing");
        at += row.bytes.byteLength;
        controller.enqueue(new Uint8Array(row.bytes));
      },
    });
  }
}
