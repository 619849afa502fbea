import type { Context } from "hono";
import { STYLES } from "../../contract/style.ts";
import type { App } from "../bindings.ts";
import { breadth } from "../source/source-policy.ts";

/** GET `/v1/styles`: what there is to choose from, what each may be used for, and whether pictures may come by URL. */
export function styles(c: Context<App>): Response {
  const sources = breadth(c.get("config").source.policy);
  return c.json({ styles: STYLES, sources }, 200, { "Cache-Control": "public, max-age=300" });
}
