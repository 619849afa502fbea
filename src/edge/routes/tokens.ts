import type { RouteHandler } from "@hono/zod-openapi";
import { type createToken, TOKEN_SCOPES } from "../../contract/api/keys.ts";
import { isoTime } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { OPERATOR, type Principal } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { mintToken } from "../keys/token.ts";
import { signingSecret } from "../keys/token-secrets.ts";

type Tokenable = (typeof TOKEN_SCOPES)[number];

/** POST `/v1/tokens`: what a back end hands to its app instead of its key. */
export const mint: RouteHandler<typeof createToken, App> = async (c) => {
  const { principal } = c.var;
  if (principal.by === OPERATOR.by) {
    const detail = "ADMIN_SECRET mints no tokens, since no key would end them: make a key, and mint with it.";
    throw new ProblemError("forbidden", detail);
  }
  const { scopes, user, expiresIn } = c.req.valid("json");
  const now = Date.now();
  const expires = (Math.floor(now / 1000) + expiresIn) * 1000;
  const claims = { owner: principal.owner, scopes: granted(principal, scopes), user };
  const token = await mintToken(claims, await signingSecret(c.env, now), now, expires);
  return c.json({ token, expiresAt: isoTime(expires) }, 201, { "Cache-Control": "no-store" });
};

function granted({ scopes }: Principal, asked: readonly Tokenable[] | undefined): Tokenable[] {
  const all = TOKEN_SCOPES.filter((scope) => scopes.has(scope));
  const lacking = asked?.find((scope) => !all.includes(scope));
  if (lacking !== undefined) throw new ProblemError("forbidden", `The key lacks the scope "${lacking}".`);
  if (all.length === 0) throw new ProblemError("forbidden", "The key has no scope that a token may have.");
  return all.filter((scope) => asked?.includes(scope) ?? true);
}
