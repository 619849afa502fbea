import { ProblemError } from "../../contract/problem.ts";
import type { Source } from "../../contract/source.ts";
import { checkSource } from "../source/source-policy.ts";
import type { Principal } from "./principal.ts";

/** @throws ProblemError `style_not_allowed` where the key has a list of styles, and this is none of it */
export function requireStyle({ allowed: { styles } }: Principal, style: string): void {
  if (styles === undefined || styles.includes(style)) return;
  throw new ProblemError("style_not_allowed", `The key's own list of styles does not name "${style}".`);
}

/**
 * What the operator's variables admit is asked elsewhere, and of every redirect; a key's own list is for what its holder may name, so that no
 * picture is kept or refused by who asked for it first.
 *
 * @throws ProblemError `source_not_allowed` where the key has a list of hosts, and this is none of them; a bucket is no host
 */
export function requireSource({ allowed: { sources } }: Principal, source: Source): void {
  if (sources === undefined || source.kind === "upload") return;
  if (source.kind === "url" && checkSource(source.url, sources).ok) return;
  const name = source.kind === "url" ? source.url.host.slice(0, 100) : `r2:${source.bucket}`;
  throw new ProblemError("source_not_allowed", `The key's own list of sources does not name ${name}.`);
}
