import { VIA } from "../source/guarded-fetch.ts";
import { retryAfter } from "../source/retry-after.ts";
import type { SourcePolicy } from "../source/source-policy.ts";
import { checkWebhook } from "./address.ts";
import { signatureHeaders } from "./signature.ts";

export type Message = { id: string; url: string; body: string };

export type Sending = {
  /** The operator's, as it is now. */
  policy: SourcePolicy;
  /** What the owner's key says of it now. */
  key: KeyTerms;
  /** All that hold. */
  secrets: readonly string[];
  /** Milliseconds since 1970. */
  now: number;
  /** Milliseconds that the endpoint has to answer. */
  timeout: number;
  fetch: typeof fetch;
};

/** The key's own list, where it has one; that it is revoked; or that it cannot be asked. */
export type KeyTerms =
  | { kind: "holds"; policy: SourcePolicy | undefined }
  | { kind: "revoked" }
  | { kind: "unknown" };

export type Outcome =
  | { kind: "delivered"; status: number }
  /** The endpoint wants no more of this. */
  | { kind: "gone"; status: number }
  /** The key may not have it sent any more. */
  | { kind: "forbidden"; error: string; status?: undefined }
  | { kind: "failed"; error: string; status?: number; retryAfter?: number | undefined };

/** These may say when to come back. */
const BUSY = [429, 503];

/** Sends a message once. Of the answer, the status is all that counts: its body is not read. */
export async function attempt(message: Message, sending: Sending): Promise<Outcome> {
  const allowed = checkWebhook(message.url, { operator: sending.policy });
  if (!allowed.ok) return { kind: "failed", error: allowed.detail };
  const forbidden = forbiddenBy(sending.key, message.url, sending.policy);
  if (forbidden) return forbidden;
  const signal = AbortSignal.timeout(sending.timeout);
  try {
    const body = new TextEncoder().encode(message.body);
    const response = await sending.fetch(allowed.url.href, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "stylegate (+https://www.standardwebhooks.com)",
        Via: VIA, // the service refuses to be called by itself
        ...(await signatureHeaders(message.id, body, sending.now, sending.secrets)),
      },
      body,
      redirect: "manual", // the address was checked, where it would lead was not
      signal,
    });
    response.body?.cancel().catch(() => {}); // what it would have said is nothing to us
    return outcomeOf(response);
  } catch (error) {
    if (signal.aborted) {
      return { kind: "failed", error: `There was no answer within ${sending.timeout / 1000} seconds.` };
    }
    const { host } = allowed.url;
    console.warn(
      JSON.stringify({ event: "webhook_unreachable", id: message.id, host, error: String(error) }),
    );
    return { kind: "failed", error: "The endpoint cannot be reached, or broke off." };
  }
}

/** Whoever revokes a key, or narrows its list, wants nothing more to be sent there: it is not tried again. */
function forbiddenBy(key: KeyTerms, url: string, operator: SourcePolicy): Outcome | undefined {
  if (key.kind === "unknown") return { kind: "failed", error: "What the key may do could not be asked." };
  if (key.kind === "revoked") return { kind: "forbidden", error: "The key is revoked." };
  const allowed = checkWebhook(url, { operator, key: key.policy });
  return allowed.ok ? undefined : { kind: "forbidden", error: allowed.detail };
}

function outcomeOf({ ok, status, headers }: Response): Outcome {
  if (ok) return { kind: "delivered", status };
  if (status === 410) return { kind: "gone", status };
  if (status >= 300 && status < 400) {
    return { kind: "failed", status, error: `It answered ${status}: redirects are not followed.` };
  }
  const wait = BUSY.includes(status) ? retryAfter(headers.get("Retry-After")) : undefined;
  return { kind: "failed", status, error: `It answered ${status}.`, retryAfter: wait };
}
