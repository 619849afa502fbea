import { DurableObject } from "cloudflare:workers";
import { MAX_TOKEN_TTL } from "../../contract/api/keys.ts";
import { toHex } from "../../contract/encoding.ts";

/** What tokens are signed with: by the first, and verified by any. Bytes in hexadecimal. */
export type TokenSecret = { kid: string; secret: string };

/** A secret signs for a month, and verifies for as long after as the last token may last. */
const SIGNING_MS = 30 * 24 * 3_600_000;
const VERIFYING_MS = SIGNING_MS + (MAX_TOKEN_TTL + 3600) * 1000;

/** Of the only one. */
export const RING = "ring";

/** Which keys there are, and what tokens are signed with. There is one, named "ring". */
export class KeyRing extends DurableObject {
  readonly #sql = withTables(this.ctx.storage.sql);

  /**
   * To be told before the key itself is made: whatever happens in between, no key is valid that is not listed here, and can be revoked. What is
   * listed and was never made is no key to anybody.
   */
  enlist(id: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO keys VALUES (?, ?)", id, Date.now());
  }

  /** The newest first. */
  list(): string[] {
    const rows = this.#sql.exec<{ id: string }>("SELECT id FROM keys ORDER BY createdAt DESC, id");
    return rows.toArray().map(({ id }) => id);
  }

  hasKeys(): boolean {
    return this.#sql.exec("SELECT 1 FROM keys LIMIT 1").toArray().length > 0;
  }

  /** The newest first; it is made where there is none, or it is old. */
  tokenSecrets(): TokenSecret[] {
    const now = Date.now();
    this.#sql.exec("DELETE FROM secrets WHERE createdAt <= ?", now - VERIFYING_MS);
    const [newest] = this.#secrets();
    if (!newest || newest.createdAt <= now - SIGNING_MS) {
      const [kid, secret] = [randomHex(8), randomHex(32)];
      this.#sql.exec("INSERT INTO secrets VALUES (?, ?, ?)", kid, secret, now);
    }
    return this.#secrets().map(({ kid, secret }) => ({ kid, secret }));
  }

  #secrets(): (TokenSecret & { createdAt: number })[] {
    return this.#sql
      .exec<TokenSecret & { createdAt: number }>("SELECT * FROM secrets ORDER BY createdAt DESC, kid")
      .toArray();
  }
}

function withTables(sql: SqlStorage): SqlStorage {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, createdAt INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS secrets (kid TEXT PRIMARY KEY, secret TEXT NOT NULL, createdAt INTEGER NOT NULL) WITHOUT ROWID;
  `);
  return sql;
}

const randomHex = (bytes: number): string => toHex(crypto.getRandomValues(new Uint8Array(bytes)));
