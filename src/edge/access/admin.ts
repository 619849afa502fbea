import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";

/** Lets whoever knows `ADMIN_SECRET` in, sent as `Authorization: Bearer`. Without a secret in the configuration nobody is. */
export function requireAdmin() {
  return createMiddleware<App>(async (c, next) => {
    const { adminSecret } = c.var.config;
    if (adminSecret === undefined) {
      throw new ProblemError("admin_disabled", "ADMIN_SECRET is not set.");
    }
    const [, given] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    if (given === undefined) {
      throw new ProblemError("unauthorized", "The request has no Authorization header with a Bearer token.");
    }
    if (!(await isEqual(given, adminSecret))) {
      throw new ProblemError("forbidden", "The token is not the one that ADMIN_SECRET holds.");
    }
    await next();
  });
}

/** Takes the same time whatever the texts are, their lengths included: digests are compared. */
async function isEqual(one: string, other: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(one), await digest(other));
}
