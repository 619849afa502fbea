import { ProblemError } from "../../contract/problem.ts";
import { parseSource } from "../../contract/source.ts";
import { requireSource } from "../access/allowed.ts";
import type { Principal } from "../access/principal.ts";
import { askOrigin, type Origins } from "../source/origin.ts";

/**
 * The bytes of a picture that the service fetches itself, under the operator's policy and the key's own list within it.
 *
 * @throws ProblemError
 */
export async function fetchPhoto(text: string, principal: Principal, origins: Origins): Promise<Uint8Array> {
  const parsed = parseSource(text);
  if (!parsed.ok) throw ProblemError.of(parsed);
  const { source } = parsed;
  if (source.kind === "upload")
    throw new ProblemError("invalid_source", "It is an upload already: use its id as it is.");
  requireSource(principal, source);
  const fetched = await askOrigin(source, undefined, origins);
  if (!fetched.ok) throw ProblemError.of(fetched);
  if (!fetched.changed) throw new Error("an unconditional request was answered as a conditional one");
  return fetched.bytes;
}
