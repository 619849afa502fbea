import { SYSTEM_CLOCK } from "../../src/edge/inference/clock.ts";
import type { Endpoint, Inference } from "../../src/edge/inference/endpoint.ts";
import { Health } from "../../src/edge/inference/health.ts";
import { UNOBSERVED } from "../../src/edge/inference/observer.ts";

/** A chain of one endpoint, as a test of what is asked of it needs it. */
export function chainOfOne(
  given: Pick<Endpoint, "url" | "fetch"> & Partial<Endpoint>,
  chain: Partial<Omit<Inference, "endpoints">> = {},
): Inference {
  const endpoint: Endpoint = {
    name: "endpoint",
    headers: {},
    modelSuffix: "_int8",
    timeout: chain.timeout ?? 10_000,
    concurrency: 32,
    hedgeAfter: undefined,
    ...given,
  };
  const health = new Health(SYSTEM_CLOCK, () => 0.5); // which nothing was told of yet
  return {
    ...{ timeout: 10_000, priority: "interactive", observer: UNOBSERVED, health },
    ...chain,
    endpoints: [endpoint],
  };
}
