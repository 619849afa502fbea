import type { Context } from "hono";
import { STYLES } from "../../contract/style.ts";
import { writeOptions } from "../../contract/transform/read.ts";
import type { App } from "../bindings.ts";
import { breadth } from "../source/source-policy.ts";

/**
 * GET `/v1/styles`: what there is to choose from, what each style may be used for, and what image URLs must be like to be answered: signed,
 * asked for with a key, nothing but presets, with photos by URL or not.
 */
export function styles(c: Context<App>): Response {
  const { source, presets, signing, auth } = c.get("config");
  const told = {
    styles: STYLES,
    sources: breadth(source.policy),
    presets: [...presets.named].map(([name, given]) => ({ name, options: writeOptions(given) })),
    presetsOnly: presets.only,
    signed: signing.isRequired && !(auth === "keys" && signing.takesKeys),
    keys: auth === "keys",
  };
  return c.json(told, 200, { "Cache-Control": "public, max-age=300" });
}
