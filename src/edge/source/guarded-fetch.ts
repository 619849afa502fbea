import type { Failure, ProblemCode } from "../../contract/problem.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { log } from "../telemetry/log.ts";
import { type Fetched, fail, type OriginHeaders } from "./fetched.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB, probe } from "./probe.ts";
import type { Validator } from "./record.ts";
import { retryAfter } from "./retry-after.ts";
import { checkSource, type SourcePolicy } from "./source-policy.ts";

export type GuardedFetch = {
  policy: SourcePolicy;
  /** Milliseconds for everything, redirects and body included. */
  timeout: number;
  fetch: typeof fetch;
};

/** How we name ourselves to those we ask, as RFC 9110 7.6.3 has it: protocol version and pseudonym. */
export const VIA = "1.1 stylegate";

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Fetches a picture's bytes under the source policy, each redirect checked anew, with limits on time, bytes and redirects. Nothing of
 * the client's request is passed on, no cookie and no authorization. With a validator the origin may answer that nothing changed.
 */
export async function guardedFetch(
  url: URL,
  validator: Validator | undefined,
  { policy, timeout, fetch }: GuardedFetch,
): Promise<Fetched> {
  const signal = AbortSignal.timeout(timeout);
  try {
    let target = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const allowed = checkSource(target, policy);
      if (!allowed.ok) return allowed;
      const response = await fetch(target.href, {
        headers: requestHeaders(validator),
        redirect: "manual",
        cache: "no-store", // whoever asks an origin wants its own word, not that of Cloudflare's cache on the way
        signal,
      });
      if (!REDIRECTS.includes(response.status)) return await readAnswer(response, validator);
      await response.body?.cancel();
      const next = URL.parse(response.headers.get("Location") ?? "", target.href);
      if (!next || !/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "") {
        return fail("source_refused", "The source's server redirects to what is no http or https URL.");
      }
      target = next;
    }
    return fail("source_refused", `The source's server redirects more than ${MAX_REDIRECTS} times.`);
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    if (signal.aborted) {
      return fail("source_timeout", `The source did not arrive within ${timeout / 1000} seconds.`);
    }
    log("warn", "source_unreachable", { host: url.host, error: String(error) });
    return fail("source_unreachable", "The source's server cannot be reached, or broke off.");
  }
}

function requestHeaders(validator: Validator | undefined): Headers {
  const headers = new Headers({
    Accept: "image/jpeg,image/png,image/webp;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity", // pictures are compressed already, and Content-Length then means what is read
    "User-Agent": "stylegate (+https://www.rfc-editor.org/rfc/rfc9110#field.via)",
    Via: VIA,
  });
  if (validator?.etag) headers.set("If-None-Match", validator.etag);
  if (validator?.lastModified) headers.set("If-Modified-Since", validator.lastModified);
  return headers;
}

async function readAnswer(response: Response, validator: Validator | undefined): Promise<Fetched> {
  const headers = headersOf(response);
  if (response.status === 304 && validator) return { ok: true, changed: false, headers };
  if (response.status !== 200) {
    await response.body?.cancel();
    const detail = `The source's server answered ${response.status}.`;
    return fail(meaningOf(response.status), detail, retryAfter(response.headers.get("Retry-After")));
  }
  let refused: Failure | undefined;
  const bytes = await readBounded(response, MAX_PICTURE_BYTES, undefined, (first) => {
    const probed = probe(first);
    if (!probed.ok && probed.code === "unsupported_format") refused = probed;
    return refused !== undefined;
  });
  if (refused) return refused;
  if (!bytes) {
    return fail("source_too_large", `The source has more than ${MAX_PICTURE_MIB} MiB.`);
  }
  const etag = validatorOf(response, "ETag");
  const lastModified = validatorOf(response, "Last-Modified");
  return { ok: true, changed: true, bytes, validator: { etag, lastModified }, headers };
}

/** Characters of a validator. Thousands of records are kept in memory, and headers may have 128 KB. */
const MAX_VALIDATOR = 512;

/** A longer one is as good as none: the picture is asked for as if for the first time. */
function validatorOf({ headers }: Response, name: "ETag" | "Last-Modified"): string | undefined {
  const value = headers.get(name);
  return value !== null && value.length <= MAX_VALIDATOR ? value : undefined;
}

const headersOf = ({ headers }: Response): OriginHeaders => ({
  cacheControl: headers.get("Cache-Control"),
  expires: headers.get("Expires"),
  date: headers.get("Date"),
  age: headers.get("Age"),
  cacheTag: headers.get("Cache-Tag"),
});

/** Too slow a request, one that came too early, too many of them: nothing is said of the picture. */
const TRANSIENT = [408, 425, 429];

/** Of an answer without a picture. Only a server in trouble may be expected to give it again. */
function meaningOf(status: number): ProblemCode {
  if (status === 404 || status === 410) return "source_not_found";
  return TRANSIENT.includes(status) || status >= 500 ? "source_status" : "source_refused";
}
