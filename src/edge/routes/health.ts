import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { kitFor } from "../kit.ts";
import type { Engine } from "./engines.ts";
import { NO_STORE } from "./no-store.ts";
import { readinessOf } from "./readiness.ts";

/** GET `/healthz`: the Worker runs, whatever it depends on. */
export function alive(c: Context<App>): Response {
  return c.json({ status: "alive" }, 200, NO_STORE);
}

/**
 * GET `/readyz`: a picture can be made, in every style: somebody's model is loaded, and the storage answers. `degraded` where an endpoint that was
 * asked cannot draw: others stand in for it, or the edge does.
 */
export async function ready(c: Context<App>): Promise<Response> {
  const { origins, ...kit } = kitFor(c.env, c.var.config, () => {});
  for (const { binding } of origins.buckets) origins.bucket(binding); // throws where wrangler.toml has none of that name
  const { hasStorage, engines, isWhole, missing } = await readinessOf(kit);
  const lacking = missing.map((id) => `the network of "${id}"`);
  if (!hasStorage) lacking.push("the storage");
  if (lacking.length > 0) {
    const asked = missing.length > 0 ? `; ${engines.map(toldOf).join("; ")}` : "";
    throw new ProblemError("not_ready", `Missing: ${lacking.join(", ")}${asked}.`);
  }
  return c.json({ status: isWhole ? "ready" : "degraded", engines }, 200, NO_STORE);
}

/** By its name alone, which anybody may read: whom it belongs to, and where it is, is in no answer. */
function toldOf(engine: Engine): string {
  if (engine.state !== "away") return `${engine.name} is ${engine.state}`;
  const { name, reason, missing } = engine;
  return reason === "missing"
    ? `${name} has not loaded ${missing.join(", ")}`
    : `${name} is ${WORDS[reason]}`;
}

const WORDS = {
  unreachable: "unreachable",
  timeout: "too slow to say",
  unauthorized: "closed to this service",
};
