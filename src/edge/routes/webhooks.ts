import type { RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import type {
  createWebhookSecret,
  Delivery,
  listDeliveries,
  replayDelivery,
} from "../../contract/api/webhooks.ts";
import { isoTime } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { reached } from "../reached.ts";

const NO_STORE = { "Cache-Control": "no-store" };

/** POST `/v1/webhooks/secret`: of a back end, never of an app, which could forge what the back end is told (`keysOnly`). */
export const makeSecret: RouteHandler<typeof createWebhookSecret, App> = async (c) => {
  const { secret, previousUntil } = await reached("webhooks", async () => webhooksOf(c).rotateSecret());
  const until = previousUntil === undefined ? {} : { previousUntil: isoTime(previousUntil) };
  return c.json({ secret, ...until }, 201, NO_STORE);
};

/** GET `/v1/webhooks/deliveries` */
export const deliveries: RouteHandler<typeof listDeliveries, App> = async (c) => {
  const { state, before } = c.req.valid("query");
  const wanted = { ...(state && { state }), ...(before && { before: Date.parse(before) }) };
  const found = await reached("webhooks", async (): Promise<Delivery[]> => webhooksOf(c).list(wanted));
  return c.json({ deliveries: found }, 200, NO_STORE);
};

/** POST `/v1/webhooks/deliveries/{id}/replay` */
export const replay: RouteHandler<typeof replayDelivery, App> = async (c) => {
  const { id } = c.req.valid("param");
  const delivery = await reached("webhooks", async () => webhooksOf(c).replay(id));
  if (!delivery) throw new ProblemError("delivery_not_found", "No delivery of this key has this id.");
  return c.json(delivery, 202, NO_STORE);
};

const webhooksOf = (c: Context<App>) => c.env.WEBHOOKS.getByName(c.var.principal.owner);
