import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import { parseSource } from "../../contract/source.ts";
import { type Style, styleById } from "../../contract/style.ts";
import type { Presets } from "../../contract/transform/presets.ts";
import { parseTransform } from "../../contract/transform.ts";
import type { App } from "../bindings.ts";
import { type Kit, kitFor } from "../kit.ts";
import { type Order, placeOrder, type Wish } from "../stylize/order.ts";
import { stylize } from "../stylize/stylize.ts";
import { mediaType } from "../stylize/variant.ts";
import { matches } from "./etag.ts";

/** GET and HEAD `/image/{options}/{source}`: the picture at the source, stylized. */
export async function transform(c: Context<App>): Promise<Response> {
  const wish = parseWish(c.req.url, c.req.header("Accept") ?? null, c.var.config.presets);
  const kit = kitFor(c.env, c.var.config, (work) => c.executionCtx.waitUntil(work));
  const order = await placeOrder(wish, kit);
  const condition = c.req.header("If-None-Match");
  if (condition !== undefined && matches(condition, etagOf(order))) {
    kit.timing.cached = "hit";
    return new Response(null, { status: 304, headers: sharedHeaders(order, kit) });
  }
  const { order: filled, variant } = await stylize(order, kit);
  const headers = sharedHeaders(filled, kit);
  headers.set("Content-Type", mediaType(filled.format));
  headers.set("Content-Disposition", `inline; filename="${filled.style.id}.${EXTENSIONS[filled.format]}"`);
  if (variant.length !== undefined) headers.set("Content-Length", `${variant.length}`);
  return new Response(variant.body, { headers });
}

const EXTENSIONS = { jpeg: "jpg", webp: "webp", avif: "avif", png: "png", json: "json" } as const;

/** Seconds that an answer may be reused for where the origin could not be asked. */
const STALE_MAX_AGE = 60;

/**
 * Splits the request's URL as it stood on the wire: a source keeps its double slashes and its query, which routers tidy away.
 *
 * @throws ProblemError
 */
function parseWish(requestUrl: string, accept: string | null, presets: Presets): Wish {
  const [, options = "", source = ""] = /^[^:]+:\/\/[^/]*\/image\/([^/?#]*)\/?([^#]*)/.exec(requestUrl) ?? [];
  const parsed = parseTransform(options, presets);
  if (!parsed.ok) throw ProblemError.of(parsed);
  const style = styleById(parsed.transform.style);
  if (!style) throw new ProblemError("unknown_style", `There is no style "${parsed.transform.style}".`);
  requireVersion(style, parsed.transform.version);
  const located = parseSource(source);
  if (!located.ok) throw ProblemError.of(located);
  return { transform: parsed.transform, style, source: located.source, accept };
}

/** A pinned URL must not show another network's drawing, however alike. */
function requireVersion(style: Style, pinned: string | undefined): void {
  if (pinned === undefined || style.version.startsWith(pinned)) return;
  const detail = `The style "${style.id}" is served in version ${style.version}, not "${pinned}".`;
  throw new ProblemError("unknown_version", detail);
}

/** What a picture and the word that it did not change have in common (RFC 9110 15.4.5). */
function sharedHeaders(order: Order, kit: Kit): Headers {
  kit.timing.isStale = order.staleBecause !== undefined;
  const headers = new Headers({
    "Cache-Control": cacheControl(order, kit),
    "Cross-Origin-Resource-Policy": "cross-origin",
    ETag: etagOf(order),
    "Server-Timing": kit.timing.toString(),
  });
  if (order.transform.format === "auto") headers.set("Vary", "Accept");
  return headers;
}

/** Of a pinned network nothing changes while an answer is fresh, so that browsers need not ask even on reload (RFC 8246). */
function cacheControl(order: Order, kit: Kit): string {
  const stale = `stale-while-revalidate=${kit.config.cacheMaxAgeSeconds}`;
  const isImmutable = order.transform.version !== undefined && !order.staleBecause;
  return ["public", `max-age=${maxAge(order, kit)}`, stale, ...(isImmutable ? ["immutable"] : [])].join(", ");
}

/** No longer than the source's record holds, so that caches outside do not outlive our own knowledge. */
function maxAge({ record, staleBecause }: Order, { config, now }: Kit): number {
  if (staleBecause) return Math.min(STALE_MAX_AGE, config.cacheMaxAgeSeconds);
  const freshSeconds = Math.max(0, Math.ceil((record.freshUntil - now()) / 1000));
  return Math.min(freshSeconds, config.cacheMaxAgeSeconds);
}

/** Strong: the key tells the bytes, as far as the same code and network make the same picture. */
const etagOf = ({ variantKey }: Order) => `"${variantKey.slice("variants/".length)}"`;
