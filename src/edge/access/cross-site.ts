import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { admitsOrigin } from "./origin-policy.ts";

/**
 * Refuses what a browser sends for a page of an origin that `ALLOWED_ORIGINS` does not name. CORS alone only keeps such a page from
 * reading the answer: a POST of plain text is sent without asking first (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
 * Whatever is no browser names no origin and is let through.
 */
export function refuseForeignPages() {
  return createMiddleware<App>(async (c, next) => {
    const { origins, auth } = c.var.config;
    const origin = c.req.header("Origin") ?? "";
    const isAdmitted = admitsOrigin(origins, origin, auth === "open");
    if (!isAdmitted && isCrossSite(c.req.raw.headers, new URL(c.req.url))) {
      throw new ProblemError(
        "origin_not_allowed",
        `Pages of ${origin.slice(0, 100) || "other sites"} may not upload or change anything here.`,
      );
    }
    await next();
  });
}

/**
 * Browsers say so themselves (https://www.w3.org/TR/fetch-metadata/), except on plain http and where they are older than 2023: then
 * hosts are compared, without the scheme, since TLS may end at a proxy before us.
 */
function isCrossSite(headers: Headers, own: URL): boolean {
  const site = headers.get("Sec-Fetch-Site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("Origin");
  return origin !== null && URL.parse(origin)?.host !== own.host;
}
