import { fromBase64url, toBase64url } from "./encoding.ts";

/**
 * What a signature covers, and how it is made: docs/signing.md. Whoever checks one makes the same text from the URL that came and compares
 * there (src/edge/access/signature.ts).
 */

/** A key's bytes, by the id that URLs name it with. */
export type SigningKey = { id: string; bytes: Uint8Array<ArrayBuffer> };

/**
 * The text that is signed: the path as it would be without `sig`, the options sorted, the source not encoded as a whole.
 *
 * @param options as they stand in the URL, `sig` among them or not; two with the same name make no valid URL
 * @param source as `sourceText` gives it
 */
export function signedText(options: string, source: string): string {
  const pairs = options.split(",").filter((pair) => !pair.startsWith("sig="));
  return `/image/${pairs.sort().join(",")}/${source}`;
}

/** HMAC-SHA256 of the text's UTF-8, base64url, 43 characters. */
export async function sign(text: string, key: SigningKey): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", await imported(key), new TextEncoder().encode(text));
  return toBase64url(new Uint8Array(mac));
}

/**
 * Whether somebody with the key signed the text; takes as long for one wrong signature as for another.
 *
 * @param signature 43 characters of base64url
 */
export async function isSigned(text: string, signature: string, key: SigningKey): Promise<boolean> {
  const mac = fromBase64url(signature);
  return (
    mac !== undefined &&
    crypto.subtle.verify("HMAC", await imported(key), mac, new TextEncoder().encode(text))
  );
}

const imported = ({ bytes }: SigningKey) =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
