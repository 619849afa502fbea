import { fromBase64 } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Announced } from "./digest.ts";

/** As tus names them (its extension "checksum"), and as the runtime does. */
const ALGORITHMS: Record<string, string> = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" };

export const CHECKSUMS = Object.keys(ALGORITHMS).join(",");

/** `Upload-Checksum`: an algorithm, a blank, base64. @throws ProblemError invalid_request */
export function parseChecksum(text: string | undefined): Announced[] {
  if (text === undefined) return [];
  const [name = "", base64 = "", ...more] = text.split(" ");
  const algorithm = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  const value = fromBase64(base64);
  if (algorithm !== undefined && value && value.length > 0 && more.length === 0)
    return [{ algorithm, value }];
  const detail = `It must be one of ${CHECKSUMS}, a blank, and the checksum in base64.`;
  throw new ProblemError("invalid_request", `Upload-Checksum: ${detail}`, {
    errors: [{ pointer: "Upload-Checksum", detail }],
  });
}

/** `Upload-Metadata`: names and values in base64, separated by commas. Others than these are not kept. @throws ProblemError */
export function parseMetadata(
  text: string | undefined,
  names: { [name: string]: RegExp },
): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = {};
  for (const pair of (text ?? "").split(",")) {
    const [name = "", base64 = ""] = pair.trim().split(/ +/);
    const pattern = Object.hasOwn(names, name) ? names[name] : undefined;
    if (!pattern) continue;
    const value = new TextDecoder().decode(fromBase64(base64) ?? new Uint8Array());
    if (!pattern.test(value)) {
      const detail = `"${name}" has no value that it may have, in base64.`;
      throw new ProblemError("invalid_request", `Upload-Metadata: ${detail}`, {
        errors: [{ pointer: "Upload-Metadata", detail }],
      });
    }
    found[name] = value;
  }
  return found;
}
