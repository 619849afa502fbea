import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Scope } from "../../contract/api/common.ts";
import { ProblemError } from "../../contract/problem.ts";
import { authorized } from "../access/authorized.ts";
import { refuseForeignPages } from "../access/cross-site.ts";
import type { App } from "../bindings.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { isJson } from "./bodies.ts";

/** Of JSON, which is read into memory whole. */
const MAX_JSON_BYTES = 64 * 1024;

/**
 * A route of the contract as the Worker serves it: whoever calls it has what its `security` asks for, a page of another site may not make
 * it act, and a JSON body is bounded. Bodies of other types are the handler's to bound.
 */
export function guarded<R extends RouteConfig>(route: R) {
  return createRoute({ ...route, middleware: guardsOf(route) });
}

function guardsOf(route: RouteConfig): MiddlewareHandler<App>[] {
  const guards: MiddlewareHandler<App>[] = [];
  if (route.method !== "get" && route.method !== "head") guards.push(refuseForeignPages());
  const [requirement] = route.security ?? [];
  const takesTokens = !("x-keys-only" in route);
  if (requirement) guards.push(authorized((requirement.bearer ?? []) as Scope[], takesTokens));
  const types = Object.keys(route.request?.body?.content ?? {});
  if (types.includes("application/json")) guards.push(boundedJson(types.length === 1));
  return guards;
}

function boundedJson(isOnly: boolean): MiddlewareHandler<App> {
  return async (c, next) => {
    const hasJson = isJson(c.req.header("Content-Type"));
    if (isOnly && !hasJson)
      throw new ProblemError("unsupported_media_type", "The body must be application/json.");
    if (hasJson && c.req.raw.body) {
      const body = await readJsonBytes(c.req.raw, c.var.config.uploadTimeout);
      c.req.raw = new Request(c.req.raw, { body });
    }
    await next();
  };
}

/** @param timeout milliseconds for the whole of it */
async function readJsonBytes(request: Request, timeout: number): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readBounded(request, MAX_JSON_BYTES, AbortSignal.timeout(timeout));
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw new ProblemError("invalid_request", "The body did not arrive in time, or broke off.", { cause });
  }
  if (bytes) return bytes;
  throw new ProblemError("body_too_large", `JSON may have ${MAX_JSON_BYTES} bytes.`);
}
