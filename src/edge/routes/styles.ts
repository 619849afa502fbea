import type { Context } from "hono";
import { STYLES } from "../../contract/style.ts";
import type { App } from "../bindings.ts";

/** GET `/v1/styles`: what there is to choose from, and what each may be used for. */
export function styles(c: Context<App>): Response {
  return c.json({ styles: STYLES }, 200, { "Cache-Control": "public, max-age=300" });
}
