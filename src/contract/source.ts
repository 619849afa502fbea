import type { Failure } from "./problem.ts";

/** Which picture is meant; whether it may be fetched is another question. */
export type Source =
  | { kind: "url"; url: URL }
  | { kind: "r2"; bucket: string; key: string }
  | { kind: "upload"; id: string };

/** A source whose picture may change, so that somebody must be asked which one it is now. */
export type Origin = Exclude<Source, { kind: "upload" }>;

type SourceResult = { ok: true; source: Source } | Failure;

/** 16 random bytes in base64url. */
export const UPLOAD_ID = /^[A-Za-z0-9_-]{22}$/;

/** As an operator names a bucket; no dots, so that nobody takes it for a host. */
export const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Below the 8 KB that many origins take; also bounds what a redirect may grow to. */
export const MAX_SOURCE_LENGTH = 4096;

/** Bytes of UTF-8 (https://developers.cloudflare.com/r2/platform/limits/). */
const MAX_KEY_LENGTH = 1024;

/**
 * Reads the rest of the path after the options, exactly as it stood in the request, with its query.
 *
 * Raw: `https://host/a.jpg?v=1`; also `https:/host/a.jpg`, which proxies make of it by merging slashes. Percent-encoded as a whole:
 * `https%3A%2F%2Fhost%2Fa.jpg%3Fv%3D1`; it is decoded once, a space in it then stands for `%20`, and a raw query after it is refused, since nobody could say whose it is.
 * `upload:{id}` and `r2:{bucket}/{key}`, whose colon may be encoded; a key is decoded once.
 */
export function parseSource(raw: string): SourceResult {
  if (raw.length > MAX_SOURCE_LENGTH)
    return refuse(`The source has more than ${MAX_SOURCE_LENGTH} characters.`);
  if (isEncoded(raw) && raw.includes("?")) {
    return refuse('A query follows the percent-encoded source: encode it with the source, "?" as %3F.');
  }
  const decoded = isEncoded(raw) ? decodeOnce(raw) : raw;
  if (decoded === undefined) return refuse("The percent-encoded source cannot be decoded.");
  if (decoded.startsWith("upload:")) return parseUpload(decoded.slice("upload:".length));
  if (decoded.startsWith("r2:")) return parseObject(decoded.slice("r2:".length));
  return parseUrl(decoded);
}

/** The one spelling of a source, which `parseSource` reads back to the same; a name for it wherever one is needed. */
export function spellSource(source: Source): string {
  switch (source.kind) {
    case "url":
      return source.url.href;
    case "r2":
      return `r2:${source.bucket}/${source.key.split("/").map(encodeURIComponent).join("/")}`;
    case "upload":
      return `upload:${source.id}`;
  }
}

function parseUpload(id: string): SourceResult {
  if (!UPLOAD_ID.test(id)) return refuse('After "upload:" stands the id that the upload was given.');
  return { ok: true, source: { kind: "upload", id } };
}

/** R2 knows no folders, dots or doubled slashes; whoever else reads such a key might. */
function parseObject(text: string): SourceResult {
  const slash = text.indexOf("/");
  const [bucket, key] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 0 || !BUCKET_NAME.test(bucket)) {
    return refuse(
      'After "r2:" stand the name of a bucket, in lower-case letters, digits and hyphens, a slash and a key.',
    );
  }
  if (
    !key.isWellFormed() ||
    /[\p{Cc}\\]/u.test(key) ||
    key.split("/").some((segment) => /^\.{0,2}$/.test(segment))
  ) {
    return refuse(
      "The key has an empty part, one of dots only, a control character, a backslash or no Unicode.",
    );
  }
  if (new TextEncoder().encode(key).byteLength > MAX_KEY_LENGTH) {
    return refuse(`The key has more than ${MAX_KEY_LENGTH} bytes.`);
  }
  return { ok: true, source: { kind: "r2", bucket, key } };
}

function parseUrl(text: string): SourceResult {
  const odd = firstOdd(text);
  if (odd !== undefined) return refuse(`The source's URL has ${odd}, which must be percent-encoded.`);
  const match = /^(https?):\/{1,2}(?=[^/])(.*)$/i.exec(text);
  if (!match)
    return refuse("The source is no absolute http or https URL, no upload and no r2:{bucket}/{key}.");
  // Encoded by us, since URL parsers cut it off at the end; in a host it stays wrong.
  const url = URL.parse(`${match[1]}://${match[2]?.replaceAll(" ", "%20")}`);
  if (!url) return refuse("The source's URL cannot be read.");
  if (url.username !== "" || url.password !== "") {
    return refuse("The source's URL must not carry a user name or password.");
  }
  url.hash = "";
  return { ok: true, source: { kind: "url", url } };
}

/** Control characters, backslashes and blanks other than the space: URL parsers repair them silently, each in its own way. */
function firstOdd(text: string): string | undefined {
  const [odd] = /[\p{Cc}\\]|(?! )\s/u.exec(text) ?? [];
  if (odd === undefined || odd === "\\") return odd && "a backslash";
  const hexadecimal = (odd.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `the character U+${hexadecimal.padStart(4, "0")}`;
}

/** Keys are encoded whether their colon is or not: in a path, a blank cannot stand for itself. */
const isEncoded = (raw: string) => /^(?:(?:https?|upload|r2)%3a|r2:)/i.test(raw);

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
