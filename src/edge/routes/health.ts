import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import { STYLES } from "../../contract/style.ts";
import type { App } from "../bindings.ts";
import { canDraw } from "../inference/draw.ts";
import { kitFor } from "../kit.ts";
import { logStorage } from "../storage/objects.ts";
import { NO_STORE } from "./no-store.ts";

/** GET `/healthz`: the Worker runs, whatever it depends on. */
export function alive(c: Context<App>): Response {
  return c.json({ status: "alive" }, 200, NO_STORE);
}

/** GET `/readyz`: a picture can be made, in every style: its model is loaded, and the storage answers. */
export async function ready(c: Context<App>): Promise<Response> {
  const { bucket, inference, origins } = kitFor(c.env, c.var.config, () => {});
  for (const { binding } of origins.buckets) origins.bucket(binding); // throws where wrangler.toml has none of that name
  const [storage, ...models] = await Promise.all([
    answers(bucket),
    ...STYLES.map(async ({ id }) => ({ id, isReady: await canDraw(id, inference.endpoints[0]) })),
  ]);
  const missing = models.filter((model) => !model.isReady).map(({ id }) => `the network of "${id}"`);
  if (!storage) missing.push("the storage");
  if (missing.length > 0) {
    throw new ProblemError("not_ready", `Missing: ${missing.join(", ")}.`);
  }
  return c.json({ status: "ready" }, 200, NO_STORE);
}

async function answers(bucket: R2Bucket): Promise<boolean> {
  try {
    await bucket.head("readyz");
    return true;
  } catch (error) {
    logStorage("head", "readyz", error);
    return false;
  }
}
