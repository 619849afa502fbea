import type { RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { deleteUser, getUser } from "../../contract/api/users.ts";
import { ProblemError } from "../../contract/problem.ts";
import { userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { type Eraser, eraseUser } from "../erasure/erase.ts";
import { userRecord } from "../erasure/record-names.ts";
import type { Trace } from "../erasure/trace.ts";
import { kitFor } from "../kit.ts";
import { reached } from "../reached.ts";

const PRIVATE = { "Cache-Control": "no-store" };

/** GET `/v1/users/{user}` */
export const lookAtUser: RouteHandler<typeof getUser, App> = async (c) => {
  const of = whose(c, c.req.valid("param").user, c.req.valid("query").owner);
  const traces = await reached("users", async (): Promise<Trace[]> => userRecord(c.env, of).list());
  const idsOf = (kind: "upload" | "stylization") =>
    traces.flatMap((trace) => (trace.kind === kind ? [trace.id] : []));
  const body = { user: of.user, uploads: idsOf("upload"), stylizations: idsOf("stylization") };
  return c.json(body, 200, PRIVATE);
};

/** DELETE `/v1/users/{user}`: may be repeated, and finds nothing then. */
export const removeUser: RouteHandler<typeof deleteUser, App> = async (c) => {
  const of = whose(c, c.req.valid("param").user, c.req.valid("query").owner);
  return c.json(await eraseUser(of, eraserOf(c)), 200, PRIVATE);
};

/** A key's users are its own; whoever may administer keys may name another, whose key may be gone. */
function whose(c: Context<App>, asked: string, owner: string | undefined): { owner: string; user: string } {
  const { principal } = c.var;
  const user = userOf(principal, asked) ?? asked;
  if (owner === undefined || owner === principal.owner) return { owner: principal.owner, user };
  if (principal.user === undefined && principal.scopes.has("admin")) return { owner, user };
  throw new ProblemError("forbidden", 'Another key\'s users take the scope "admin".');
}

export function eraserOf(c: Context<App>): Eraser {
  const { config } = c.var;
  const { longest } = kitFor(c.env, config, () => {}).flights;
  return { env: c.env, longest, cacheMaxAgeSeconds: config.cacheMaxAgeSeconds, now: Date.now };
}
