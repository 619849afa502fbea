import { createMiddleware } from "hono/factory";
import type { Scope } from "../../contract/api/common.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { identify, requireScopes } from "./identify.ts";

/**
 * Lets whoever has all of the scopes in, and says who it is.
 *
 * @param takesTokens whether a token may come in place of the key that has minted it
 * @example
 * app.post("/v1/purge", authorized(["admin"]), purge);
 */
export function authorized(scopes: readonly Scope[], takesTokens = true) {
  return createMiddleware<App>(async (c, next) => {
    const principal = await identify(c);
    requireScopes(principal, scopes, c);
    if (principal.by === "token" && !takesTokens)
      throw new ProblemError("forbidden", "This is for keys: a token is in an app, where anybody may look.");
    c.set("principal", principal);
    await next();
  });
}
