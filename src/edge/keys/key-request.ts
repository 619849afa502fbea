import type { KeyChange } from "../../contract/api/keys.ts";
import { ProblemError, type Wrong } from "../../contract/problem.ts";
import { servedStyle } from "../../contract/style.ts";
import { parseSourcePolicy } from "../source/source-policy.ts";

/**
 * What the schema cannot say of a key: its hosts can be read, its styles exist, and it does not end before it begins.
 *
 * @param now milliseconds since 1970
 * @throws ProblemError `invalid_request`
 */
export function requireMakeable(asked: KeyChange, now: number): void {
  const errors: Wrong[] = [];
  for (const list of ["sources", "webhooks"] as const) {
    for (const [at, pattern] of (asked[list] ?? []).entries()) {
      const parsed = pattern.includes(",") ? undefined : parseSourcePolicy(pattern);
      const detail = parsed?.ok === false ? parsed.complaint : "one host pattern each, without commas";
      if (!parsed?.ok) errors.push({ pointer: `/${list}/${at}`, detail });
    }
  }
  for (const [at, style] of (asked.styles ?? []).entries()) {
    const served = servedStyle(style);
    if (!served.ok) errors.push({ pointer: `/styles/${at}`, detail: served.detail });
  }
  if (asked.expiresAt && Date.parse(asked.expiresAt) <= now)
    errors.push({ pointer: "/expiresAt", detail: "This time is over." });
  const [first] = errors;
  if (first) throw new ProblemError("invalid_request", `${first.pointer}: ${first.detail}`, { errors });
}
