import type { WebhookEvent } from "./types.ts";

/** Why a request is no webhook of the service's. Stable: branch on it. */
export type WebhookRefusal =
  /** One of the three headers is missing, or not as the specification has it. */
  | "no_header"
  /** Sent longer ago than is tolerated: somebody may be playing back what they have overheard. */
  | "too_old"
  /** Sent in the future: one of the two clocks is wrong. */
  | "too_new"
  /** None of the signatures is one of the secrets' for this body. */
  | "no_match"
  /** The secret given is none: nothing can be verified with it. */
  | "no_secret"
  /** It is signed, and no JSON. */
  | "no_event";

export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  readonly reason: WebhookRefusal;

  constructor(reason: WebhookRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A request's headers, as the Fetch API or Node.js has them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export type WebhookOptions = {
  /** Seconds that a message may be old, or of the future. */
  tolerance?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
};

/** Signatures that are looked at: the service sends five at most, and each costs an HMAC for each secret. */
const MOST_SIGNATURES = 10;

/**
 * Verifies a webhook and returns its event. Uses WebCrypto alone, and takes as long for one wrong signature as for another.
 *
 * A message may arrive twice: handle each `webhook-id` once.
 *
 * @param secret `whsec_…` of `POST /v1/webhooks/secret`; several while they are being changed
 * @param body as it arrived, before anybody has parsed it
 * @throws WebhookVerificationError its `reason` says why
 *
 * @example
 * ```ts
 * // Cloudflare, Deno, Bun, Next.js: any handler with a Request
 * const event = await verifyWebhook(secret, request.headers, await request.arrayBuffer());
 * if (event.type === "stylization.succeeded") show(event.data.outputs);
 * ```
 */
export async function verifyWebhook(
  secret: string | readonly string[],
  headers: WebhookHeaders,
  body: string | Uint8Array | ArrayBuffer,
  { tolerance = 300, now = Date.now }: WebhookOptions = {},
): Promise<WebhookEvent> {
  const keys = await keysOf([secret ?? ""].flat()); // JavaScript may hand over a variable that is not set
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature").split(" ");
  if (!/^\d{1,12}$/.test(timestamp)) throw noHeader("webhook-timestamp");
  const bytes = bytesOf(body);
  const head = `${id}.${timestamp}.`;
  if (!(await isSignedByAny(head, bytes, signatures.slice(0, MOST_SIGNATURES), keys))) {
    throw new WebhookVerificationError("no_match", "No signature is one of the secret's for this body.");
  }
  const age = now() / 1000 - Number(timestamp);
  if (age > tolerance) throw new WebhookVerificationError("too_old", "The webhook was sent too long ago.");
  if (age < -tolerance) throw new WebhookVerificationError("too_new", "The webhook is of the future.");
  return eventOf(bytes);
}

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** A secret's bytes, as the specification has them. */
const LEAST_SECRET = 24;
const MOST_SECRET = 64;

function keysOf(secrets: readonly string[]): Promise<CryptoKey[]> {
  const bytes = secrets.map((secret) => secretBytes(secret));
  if (bytes.length === 0) throw noSecret();
  return Promise.all(bytes.map((raw) => crypto.subtle.importKey("raw", raw, HMAC, false, ["verify"])));
}

/** An environment variable that is not set must not verify what is signed with nothing. */
function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = secret.startsWith("whsec_") ? fromBase64(secret.slice(6)) : undefined;
  if (bytes && bytes.length >= LEAST_SECRET && bytes.length <= MOST_SECRET) return bytes;
  throw noSecret();
}

const noSecret = () =>
  new WebhookVerificationError("no_secret", "A webhook's secret begins with whsec_, and base64 follows.");

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = isFetchHeaders(headers) ? headers.get(name) : recordHeader(headers, name);
  if (typeof value === "string" && value !== "") return value;
  throw noHeader(name);
}

const isFetchHeaders = (headers: WebhookHeaders): headers is { get(name: string): string | null } =>
  typeof headers.get === "function";

/** Node.js has the names in small letters; what is forwarded may not. */
function recordHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

const noHeader = (name: string) =>
  new WebhookVerificationError("no_header", `The header ${name} is missing, or not as it should be.`);

function bytesOf(body: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  // Frameworks parse JSON before their handlers see it: nothing that is made of it again need be what was signed.
  throw new TypeError(
    "verifyWebhook takes the body as it arrived, as text or bytes, not what it was parsed to.",
  );
}

/** WebCrypto compares in constant time, and every signature is compared with each key's. */
async function isSignedByAny(
  head: string,
  body: Uint8Array,
  signatures: readonly string[],
  keys: readonly CryptoKey[],
): Promise<boolean> {
  const start = new TextEncoder().encode(head);
  const signed = new Uint8Array(start.length + body.length);
  signed.set(start);
  signed.set(body, start.length);
  const macs = signatures.flatMap((signature) => {
    const mac = signature.startsWith("v1,") ? fromBase64(signature.slice(3)) : undefined;
    return mac ? [mac] : [];
  });
  const checks = keys.flatMap((key) => macs.map((mac) => crypto.subtle.verify(HMAC.name, key, mac, signed)));
  return (await Promise.all(checks)).includes(true);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function eventOf(bytes: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new WebhookVerificationError("no_event", "The webhook is signed, and no JSON.");
  }
}
