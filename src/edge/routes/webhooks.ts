import type { OpenAPIHono, RouteHandler } from "@hono/zod-openapi";
import { createWebhookSecret, listDeliveries, replayDelivery } from "../../contract/api/webhooks.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { App, Bindings } from "../bindings.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";

/** Webhooks, as whoever receives them sees to them. */
export function webhooks(app: OpenAPIHono<App>): void {
  app.openapi(guarded(createWebhookSecret), makeSecret);
  app.openapi(guarded(listDeliveries), deliveries);
  app.openapi(guarded(replayDelivery), replay);
}

/** POST `/v1/webhooks/secret`: of a back end, never of an app, which could forge what the back end is told (`keysOnly`). */
const makeSecret: RouteHandler<typeof createWebhookSecret, App> = async (c) => {
  const { secret, previousUntil } = await asked(c.env, c.var.principal.owner, (webhooks) =>
    webhooks.rotateSecret(),
  );
  const until = previousUntil === undefined ? {} : { previousUntil: new Date(previousUntil).toISOString() };
  return c.json({ secret, ...until }, 201, NO_STORE);
};

/** GET `/v1/webhooks/deliveries` */
const deliveries: RouteHandler<typeof listDeliveries, App> = async (c) => {
  const { state, before } = c.req.valid("query");
  const wanted = { ...(state && { state }), ...(before && { before: Date.parse(before) }) };
  const found = await asked(c.env, c.var.principal.owner, (webhooks) => webhooks.list(wanted));
  return c.json({ deliveries: found }, 200, NO_STORE);
};

/** POST `/v1/webhooks/deliveries/{id}/replay` */
const replay: RouteHandler<typeof replayDelivery, App> = async (c) => {
  const { id } = c.req.valid("param");
  const delivery = await asked(c.env, c.var.principal.owner, (webhooks) => webhooks.replay(id));
  if (!delivery) throw new ProblemError("delivery_not_found", "No delivery of this key has this id.");
  return c.json(delivery, 202, NO_STORE);
};

/** @throws ProblemError `storage_unavailable` where the owner's webhooks cannot be reached */
async function asked<Result>(
  { WEBHOOKS }: Bindings,
  owner: string,
  work: (webhooks: ReturnType<Bindings["WEBHOOKS"]["getByName"]>) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(WEBHOOKS.getByName(owner));
  } catch (cause) {
    throw new ProblemError("storage_unavailable", "The webhooks cannot be looked up now.", { cause });
  }
}
