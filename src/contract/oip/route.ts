import { OipError } from "./error.ts";

/** Without a version the highest one is meant. */
type Target = { model: string; version: string | undefined };
export type InferRoute = { kind: "infer" } & Target;
export type ReadRoute =
  | { kind: "server" | "live" | "ready" | "metrics" }
  | ({ kind: "model" | "model-ready" } & Target);
export type Route = InferRoute | ReadRoute;

const FIXED = new Map<string, Route>([
  ["/v2", { kind: "server" }],
  ["/v2/health/live", { kind: "live" }],
  ["/v2/health/ready", { kind: "ready" }],
  ["/metrics", { kind: "metrics" }],
]);
const MODEL =
  /^\/v2\/models\/(?<model>[^/]+)(?:\/versions\/(?<version>[^/]+))?(?:\/(?<action>ready|infer))?$/;

/** Finds the route of a request target. Throws OipError 404 or 400. */
export function matchRoute(target: string): Route {
  const path = target.replace(/\?.*$/s, "").replace(/(?<=.)\/$/, "");
  const fixed = FIXED.get(path);
  if (fixed !== undefined) return fixed;
  const groups = MODEL.exec(path)?.groups;
  if (groups?.model === undefined) throw new OipError(404, "there is no such route");
  const model = decode(groups.model);
  const version = groups.version === undefined ? undefined : decode(groups.version);
  if (groups.action === "infer") return { kind: "infer", model, version };
  return { kind: groups.action === "ready" ? "model-ready" : "model", model, version };
}

export function methodsOf(route: Route): readonly string[] {
  return route.kind === "infer" ? ["POST"] : ["GET", "HEAD"];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new OipError(400, "the path is not valid percent-encoding");
  }
}
