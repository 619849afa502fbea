import { fromBase64url } from "../../contract/encoding.ts";
import { complain, entriesOf, type Parsed } from "../../contract/parsed.ts";
import type { SigningKey } from "../../contract/signature.ts";
import { KEY_ID } from "../../contract/transform.ts";

/** By id. */
export type SigningKeys = ReadonlyMap<string, SigningKey>;

/** Bytes: fewer than the hash has weaken it, and more than its block are hashed down first (RFC 2104). */
const LEAST = 32;
const MOST = 64;

/**
 * Reads `id:key` pairs, separated by commas or lines, keys in base64url. All are valid; whoever signs takes the first. Complaints do not
 * repeat what they complain about: it is a secret, and they go to a log.
 */
export function parseSigningKeys(text: string): Parsed<SigningKeys> {
  const keys = new Map<string, SigningKey>();
  for (const [index, entry] of entriesOf(text, /[,\n]/).entries()) {
    const [id = "", key, ...rest] = entry.split(":");
    if (key === undefined || rest.length > 0 || !KEY_ID.test(id)) {
      return complain(
        `entry ${index + 1} is not of the form id:key, with an id of letters, digits, "-" and "_".`,
      );
    }
    if (keys.has(id)) return complain(`"${id}" is there twice.`);
    const bytes = fromBase64url(key.replace(/=+$/, ""));
    if (!bytes) return complain(`the key of "${id}" is not base64url.`);
    if (bytes.length < LEAST || bytes.length > MOST) {
      return complain(`the key of "${id}" has ${bytes.length} bytes; it needs ${LEAST} to ${MOST}.`);
    }
    keys.set(id, { id, bytes });
  }
  return { ok: true, value: keys };
}
