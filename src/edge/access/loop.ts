import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { VIA } from "../source/guarded-fetch.ts";

const [, PSEUDONYM] = VIA.split(" ");

/**
 * Refuses requests that this service made itself: fetching from itself, or calling itself by a webhook, would never end, or multiply the
 * work.
 */
export function refuseLoops() {
  return createMiddleware<App>(async (c, next) => {
    const via = c.req.header("Via") ?? "";
    if (via.split(",").some((hop) => hop.trim().split(" ")[1] === PSEUDONYM)) {
      throw new ProblemError("request_loop", "The address leads back to this service.");
    }
    await next();
  });
}
