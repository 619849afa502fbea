import type { Context } from "hono";
import { errorsPage } from "../../contract/errors-page.ts";
import { optionsPage } from "../../contract/options-page.ts";
import type { App } from "../bindings.ts";

/** GET `/docs/errors`: where a problem's `type` leads. */
export function errorDocs(c: Context<App>): Response {
  return c.text(errorsPage(), 200, { "Cache-Control": "public, max-age=3600" });
}

/** GET `/docs/options`: where a problem about an option leads. */
export function optionDocs(c: Context<App>): Response {
  return c.text(optionsPage(), 200, { "Cache-Control": "public, max-age=3600" });
}
