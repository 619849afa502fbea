import { ProblemError } from "../../contract/problem.ts";
import { parseSource } from "../../contract/source.ts";
import type { Principal } from "../access/principal.ts";
import { askOrigin, type Origins } from "../source/origin.ts";
import { checkSource } from "../source/source-policy.ts";

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
  const { sources } = principal.allowed;
  const fetched = await askOrigin(source, undefined, within(sources, origins));
  if (!fetched.ok) throw ProblemError.of(fetched);
  if (!fetched.changed) throw new Error("an unconditional request was answered as a conditional one");
  return fetched.bytes;
}

/** A redirect may lead out of the key's list as well as out of the operator's: each address is asked about twice. */
function within(sources: Principal["allowed"]["sources"], origins: Origins): Origins {
  if (!sources) return origins;
  const buckets: Origins["buckets"] = []; // a key's list names hosts
  const own: typeof fetch = async (input, init) => {
    const allowed = checkSource(new URL(String(input)), sources);
    if (!allowed.ok)
      throw new ProblemError(allowed.code, "The key's own list of sources does not admit that.");
    return origins.fetch(input, init);
  };
  return { ...origins, buckets, fetch: own };
}
