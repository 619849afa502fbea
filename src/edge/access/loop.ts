import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../app.ts";

/** Our name in `Via`, as RFC 9110 7.6.3 has it: protocol version and pseudonym. */
export const VIA = "1.1 stylegate";

/** Refuses requests that this service made itself: fetching from itself would never end, or multiply the work. */
export function refuseLoops() {
  return createMiddleware<App>(async (c, next) => {
    const via = c.req.header("Via") ?? "";
    if (via.split(",").some((hop) => hop.trim().split(" ")[1] === "stylegate")) {
      throw new ProblemError("request_loop", "The source leads back to this service.");
    }
    await next();
  });
}
