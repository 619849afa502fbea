import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import type { App, Bindings } from "../bindings.ts";
import { RING } from "../keys/key-ring.ts";
import { reached } from "../reached.ts";

/** What RFC 6750 has a server say about a request that lacks the right credentials. */
type Challenge = {
  error?: "invalid_request" | "invalid_token" | "insufficient_scope";
  error_description?: string;
  scope?: string;
};

/** Puts it on the answer to come, whichever that is. */
export function challenge(c: Context<App>, parameters: Challenge = {}): void {
  const told = Object.entries({ realm: "stylegate", ...parameters });
  const text = told.map(([name, value]) => `${name}="${value}"`).join(", ");
  c.res.headers.set("WWW-Authenticate", `Bearer ${text}`);
}

/** For credentials that are none. @param detail plain ASCII without quotes */
export function refuse(
  c: Context<App>,
  why: "malformed" | "unknown" | "revoked" | "expired",
  detail: string,
): never {
  const error = why === "malformed" ? "invalid_request" : "invalid_token";
  challenge(c, { error, error_description: detail });
  throw new ProblemError("unauthorized", detail);
}

/** For no credentials. Nobody can have any where no key was ever made, and nobody can make one: then that is the trouble. */
export async function refuseNobody(c: Context<App>): Promise<never> {
  if (c.var.config.adminSecret === undefined && !(await hasKeys(c.env))) {
    const detail = "There is no key yet, and ADMIN_SECRET is not set, which makes them.";
    throw new ProblemError("admin_disabled", detail);
  }
  challenge(c);
  throw new ProblemError("unauthorized", "The request has no Authorization header.");
}

/** Rings that had keys: they have them for ever, and are not to be asked by whoever comes without one. */
const rings = new WeakSet<Bindings["KEY_RING"]>();

async function hasKeys({ KEY_RING }: Bindings): Promise<boolean> {
  if (rings.has(KEY_RING)) return true;
  const isThere = await reached("keys", async () => KEY_RING.getByName(RING).hasKeys());
  if (isThere) rings.add(KEY_RING);
  return isThere;
}
