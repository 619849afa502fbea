import { createHash, timingSafeEqual } from "node:crypto";
import type { Route } from "../../contract/oip.ts";

/** Whether whoever sends this Authorization may have what the route gives. */
export type Admission = (route: Route, authorization: string | undefined) => boolean;

/**
 * What anybody may ask, as of Triton with `--http-restricted-api=inference,metadata`: probes of an orchestrator have no key, and Prometheus has none.
 */
const OPEN: ReadonlySet<Route["kind"]> = new Set(["live", "ready", "model-ready", "metrics"]);

/** @param key is wanted as `Authorization: Bearer`; null: everything is open */
export function admission(key: string | null): Admission {
  if (key === null) return () => true;
  const expected = digest(`Bearer ${key}`);
  // Digests are as long as each other, so that the time of the comparison tells nothing of the key.
  return (route, authorization) =>
    OPEN.has(route.kind) || timingSafeEqual(digest(authorization ?? ""), expected);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
