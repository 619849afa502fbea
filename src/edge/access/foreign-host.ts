import { createMiddleware } from "hono/factory";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { isLoopback, isOwnAddress } from "./loopback.ts";

/**
 * Where nobody is asked for a key (`AUTH=open`), answers only to names of the machine itself. It is not meant to be reached from elsewhere;
 * and a page that has its own name point at this machine, to pass for a page of ours (DNS rebinding), still names itself in `Host`. A
 * proxy on the machine may put its own name there; most say for whom they ask.
 */
export function refuseForeignHosts() {
  return createMiddleware<App>(async (c, next) => {
    const stranger = c.var.config.auth === "open" ? strangerOf(c.req.raw) : undefined;
    if (stranger !== undefined) {
      throw new ProblemError(
        "host_not_allowed",
        `AUTH=open answers to its own machine alone, and this was sent ${stranger}: whoever runs the service sets AUTH=keys.`,
      );
    }
    await next();
  });
}

function strangerOf({ url, headers }: Request): string | undefined {
  const { hostname } = new URL(url);
  if (!isLoopback(hostname)) return `to ${hostname.slice(0, 100)}`;
  const address = forwardedFor(headers.get("X-Forwarded-For") ?? "").find((one) => !isOwnAddress(one));
  return address && `from ${address.slice(0, 100)}, as a proxy says`;
}

const forwardedFor = (header: string) =>
  header
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
