import type { Context } from "hono";
import { routePath } from "hono/route";
import { parseSource } from "../../contract/source.ts";
import { servedStyle } from "../../contract/style.ts";
import { optionNamed } from "../../contract/transform/fields.ts";
import { parseTransform } from "../../contract/transform.ts";
import type { App } from "../bindings.ts";
import { splitImageUrl } from "./image-url.ts";

const IMAGE = "/image/*";

/** The template of the route that answered; `/*` where none did. */
export const routeOf = (c: Context<App>): string => routePath(c, -1);

/**
 * What was asked for, without what would let a reader of the log in: a signature, an upload's id, and what follows a source's host, which
 * may be a presigned URL's credentials.
 */
export function requested(c: Context<App>) {
  const route = routeOf(c);
  if (route !== IMAGE) return { route };
  const { options, source } = splitImageUrl(c.req.url);
  const told = options
    .split(",")
    .filter((pair) => (optionNamed(pair.split("=", 1)[0] ?? "") ?? "sig") !== "sig");
  return { route, options: told.join(","), source: placeOf(source) };
}

/** The style that an image URL asks for, where there is such a one; empty for other routes. */
export function styleOf(c: Context<App>): string {
  if (routeOf(c) !== IMAGE) return "";
  const parsed = parseTransform(splitImageUrl(c.req.url).options, c.var.config.presets);
  const served = parsed.ok ? servedStyle(parsed.transform.style, parsed.transform.version) : undefined;
  return served?.ok ? served.style.id : "";
}

function placeOf(text: string) {
  const parsed = parseSource(text);
  if (!parsed.ok) return undefined;
  const { source } = parsed;
  switch (source.kind) {
    case "url":
      return { kind: source.kind, host: source.url.host };
    case "r2":
      return { kind: source.kind, bucket: source.bucket };
    case "upload":
      return { kind: source.kind };
  }
}
