import type { RouteConfig } from "@hono/zod-openapi";

/**
 * A route whose handler reads the body itself: it may be of several types, or too large to be held twice. Its document keeps what the
 * contract says of it; what zod-openapi would check of a body would read each as every type that is declared.
 */
export function ownBody<R extends RouteConfig>(route: R) {
  const { body: _, ...request } = route.request ?? {};
  return { ...route, request } as Omit<R, "request"> & { request: Omit<NonNullable<R["request"]>, "body"> };
}
