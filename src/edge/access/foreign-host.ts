import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { isLoopback } from "./loopback.ts";

/**
 * Where nobody is asked for a key (`AUTH=open`), answers only to names of the machine itself. It is not meant to be reached from elsewhere;
 * and a page that has its own name point at this machine, to pass for a page of ours (DNS rebinding), still names itself in `Host`.
 */
export function refuseForeignHosts() {
  return createMiddleware<App>(async (c, next) => {
    const { hostname } = new URL(c.req.url);
    if (c.var.config.auth === "open" && !isLoopback(hostname)) {
      throw new ProblemError(
        "host_not_allowed",
        `AUTH=open answers to localhost alone, not to ${hostname.slice(0, 100)}: whoever runs the service sets AUTH=keys to have it reached by that name.`,
      );
    }
    await next();
  });
}
