import { isRecord } from "../../contract/record.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";

/** The operator's endpoint that may refuse a picture before it is drawn. */
export type ModerationEndpoint = {
  url: string;
  /** Sent as `Authorization: Bearer`. */
  secret: string | undefined;
  /** Milliseconds. */
  timeout: number;
  /** What a picture is where the endpoint does not say. */
  onFailure: "refuse" | "allow";
  fetch: typeof fetch;
};

export type Verdict = { allow: true } | { allow: false; reason: string | undefined };

/** What is asked about: the picture as the network would get it, which is what is judged then, whatever else its file holds. */
type Candidate = {
  /** SHA-256 of the source's bytes, hexadecimal. */
  contentHash: string;
  kind: "url" | "r2" | "upload";
  /** As it stands in image URLs. */
  source: string;
  /** At working size, without metadata. */
  jpeg: Uint8Array;
};

/** Bytes of an answer; a verdict has a hundred. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** Characters of a reason that are passed on. */
const MAX_REASON = 200;

/**
 * Asks for a verdict: a POST of `multipart/form-data` with `content_hash`, `kind`, `source` and the file `picture`, answered 200 with
 * `{ "allow": boolean, "reason"?: string }`.
 *
 * @returns what went wrong instead, for the log
 */
export async function askModeration(
  { contentHash, kind, source, jpeg }: Candidate,
  { url, secret, timeout, fetch }: ModerationEndpoint,
): Promise<Verdict | { failure: string }> {
  const form = new FormData();
  form.set("content_hash", contentHash);
  form.set("kind", kind);
  form.set("source", source);
  form.set("picture", new File([jpeg as Uint8Array<ArrayBuffer>], "picture.jpg", { type: "image/jpeg" }));
  const headers = new Headers({ Accept: "application/json" });
  if (secret !== undefined) headers.set("Authorization", `Bearer ${secret}`);
  try {
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(url, { method: "POST", headers, body: form, redirect: "manual", signal });
    const bytes = await readBounded(response, MAX_ANSWER_BYTES, signal);
    if (response.status !== 200) return { failure: `the endpoint answered ${response.status}` };
    if (!bytes) return { failure: `the answer has more than ${MAX_ANSWER_BYTES} bytes` };
    return (
      parseVerdict(JSON.parse(new TextDecoder().decode(bytes))) ?? { failure: "the answer is no verdict" }
    );
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    return { failure: String(error) };
  }
}

/** Undefined where it is none: a verdict must say whether it allows in so many words. */
export function parseVerdict(value: unknown): Verdict | undefined {
  if (!isRecord(value)) return undefined;
  if (value.allow === true) return { allow: true };
  if (value.allow !== false) return undefined;
  const reason = typeof value.reason === "string" ? value.reason : "";
  return {
    allow: false,
    reason:
      reason
        .replace(/\p{Cc}/gu, " ")
        .trim()
        .slice(0, MAX_REASON) || undefined,
  };
}
