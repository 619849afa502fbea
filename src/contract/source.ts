import type { Failure } from "./problem.ts";

/** Which picture is meant; whether it may be fetched is another question. */
export type Source = { kind: "url"; url: URL } | { kind: "upload"; id: string };

export type SourceResult = { ok: true; source: Source } | Failure;

/** 16 random bytes in base64url. */
export const UPLOAD_ID = /^[A-Za-z0-9_-]{22}$/;

/** Below the 8 KB that many origins take; also bounds what a redirect may grow to. */
const MAX_URL_LENGTH = 4096;

/**
 * Reads the rest of the path after the options, exactly as it stood in the request, with its query.
 *
 * Raw: `https://host/a.jpg?v=1`; also `https:/host/a.jpg`, which proxies make of it by merging slashes. Percent-encoded as a whole:
 * `https%3A%2F%2Fhost%2Fa.jpg%3Fv%3D1`; it is decoded once, and a raw query after it is refused, since nobody could say whose it is.
 * `upload:{id}`, whose colon may be encoded.
 */
export function parseSource(raw: string): SourceResult {
  if (raw.length > MAX_URL_LENGTH) return refuse(`The source has more than ${MAX_URL_LENGTH} characters.`);
  const decoded = isEncoded(raw) ? decodeOnce(raw) : raw;
  if (decoded === undefined) return refuse("The percent-encoded source cannot be decoded.");
  if (decoded.startsWith("upload:")) return parseUpload(decoded.slice("upload:".length));
  return parseUrl(decoded);
}

function parseUpload(id: string): SourceResult {
  if (!UPLOAD_ID.test(id)) return refuse('After "upload:" stands the id that the upload was given.');
  return { ok: true, source: { kind: "upload", id } };
}

function parseUrl(text: string): SourceResult {
  if (!isPlain(text)) return refuse("The source's URL has characters that must be encoded.");
  const match = /^(https?):\/{1,2}(?=[^/])(.*)$/i.exec(text);
  if (!match) return refuse("The source is neither an absolute http or https URL nor an upload.");
  const url = URL.parse(`${match[1]}://${match[2]}`);
  if (!url) return refuse("The source's URL cannot be read.");
  if (url.username !== "" || url.password !== "") {
    return refuse("The source's URL must not carry a user name or password.");
  }
  url.hash = "";
  return { ok: true, source: { kind: "url", url } };
}

/** Without control characters, blanks and backslashes: URL parsers repair them silently, each in its own way. */
const isPlain = (text: string) => !/[\p{Cc}\s\\]/u.test(text);

const isEncoded = (raw: string) => /^(?:https?|upload)%3a/i.test(raw);

function decodeOnce(raw: string): string | undefined {
  if (raw.includes("?")) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/**
 * What is signed of a source (docs/signing.md): the text that `parseSource` reads, whether it came percent-encoded as a whole or not, and
 * with the second slash where a proxy has merged the two. Undefined where it cannot be decoded.
 */
export function sourceText(raw: string): string | undefined {
  const text = isEncoded(raw) ? decodeOnce(raw) : raw;
  return text?.replace(/^(https?:)\/(?=[^/])/i, "$1//");
}

const refuse = (detail: string): Failure => ({ ok: false, code: "invalid_source", detail });
