import type { RouteHandler } from "@hono/zod-openapi";
import type { getUsage } from "../../contract/api/keys.ts";
import type { App } from "../bindings.ts";
import { reached } from "../reached.ts";

/** GET `/v1/usage`: what whoever asks has used. */
export const ownUsage: RouteHandler<typeof getUsage, App> = async (c) => {
  const { owner } = c.var.principal;
  const { month } = c.req.valid("query");
  const used = await reached("keys", async () => c.env.API_KEYS.getByName(owner).usage(month));
  return c.json({ key: owner, ...used }, 200, { "Cache-Control": "no-store" });
};
