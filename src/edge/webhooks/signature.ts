import { fromBase64, toBase64 } from "../../contract/encoding.ts";

/**
 * How a webhook is signed, after Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 of `{id}.{timestamp}.{body}`. Who receives
 * one verifies it with `verifyWebhook` of src/client, or with any library of the standard.
 */

const SECRET_PREFIX = "whsec_";

/** The specification allows 24 to 64. */
const SECRET_BYTES = 32;

export function makeSecret(): string {
  return SECRET_PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/**
 * The three headers of a message.
 *
 * @param now milliseconds since 1970
 * @param secrets a signature is made with each
 */
export async function signatureHeaders(
  id: string,
  body: Uint8Array,
  now: number,
  secrets: readonly string[],
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  const signatures = await Promise.all(secrets.map((secret) => sign(signed, secret)));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

async function sign(bytes: Uint8Array<ArrayBuffer>, secret: string): Promise<string> {
  const raw = fromBase64(secret.slice(SECRET_PREFIX.length));
  if (!raw) throw new Error("The webhooks' secret is no base64.");
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1,${toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)))}`;
}
