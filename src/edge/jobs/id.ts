import { randomId, sha256, toBase64url } from "../../contract/encoding.ts";
import type { Principal } from "../access/principal.ts";

/**
 * The id of a stylization: what an Idempotency-Key stands for, the same for the same one by the same caller, so that both meet in the same
 * Durable Object; else random. Tokens of several users have keys of their own, whatever the others' are. Whoever guesses such an id
 * still has to be allowed to see what it names.
 */
export async function jobIdOf(
  { owner, user }: Principal,
  idempotencyKey: string | undefined,
): Promise<string> {
  if (idempotencyKey === undefined) return randomId();
  const text = new TextEncoder().encode(JSON.stringify(["stylization", owner, user ?? null, idempotencyKey]));
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", text), 0, 16));
}

/** Of a request, as it was parsed: the same however its JSON was written. */
export const fingerprintOf = (request: unknown): Promise<string> => sha256(JSON.stringify(sorted(request)));

/** With the members of objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}
