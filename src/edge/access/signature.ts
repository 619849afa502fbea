import { isoTime } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { isSigned } from "../../contract/signature.ts";
import type { Signature } from "../../contract/transform.ts";
import type { SigningKeys } from "./signing-keys.ts";

export type Signing = {
  keys: SigningKeys;
  /** URLs are answered that are signed, and no others, */
  isRequired: boolean;
  /** but to whoever comes with an API key. */
  takesKeys: boolean;
};

/**
 * Lets a URL through that is signed, or need not be: then a signature counts too where there is one, since it may have expired.
 *
 * @param text that it must be a signature of: `signedText`
 * @param now milliseconds since 1970
 * @returns until when the URL holds, milliseconds since 1970; Infinity without end
 * @throws ProblemError
 */
export async function requireSignature(
  signature: Signature | undefined,
  text: string,
  { keys, isRequired, takesKeys }: Signing,
  now: number,
): Promise<number> {
  if (!signature) {
    const instead = takesKeys ? ", or the request an Authorization header with a key" : "";
    if (isRequired)
      throw new ProblemError("signature_required", `The options need "kid" and "sig"${instead}.`);
    return Number.POSITIVE_INFINITY;
  }
  const { kid, sig, exp } = signature;
  const key = keys.get(kid);
  if (!key) throw new ProblemError("invalid_signature", `There is no key "${kid}".`);
  if (!(await isSigned(text, sig, key))) {
    throw new ProblemError(
      "invalid_signature",
      `The key "${kid}" has not signed these options and this source.`,
    );
  }
  if (exp === undefined) return Number.POSITIVE_INFINITY;
  if (now >= exp * 1000) {
    throw new ProblemError("signature_expired", `The URL held until ${isoTime(exp * 1000)}.`);
  }
  return exp * 1000;
}
