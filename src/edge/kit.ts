import type { Bindings } from "./bindings.ts";
import type { Config } from "./config.ts";
import type { InferenceEndpoint } from "./inference/client.ts";
import type { GuardedFetch } from "./source/guarded-fetch.ts";
import { Timing } from "./timing.ts";

/** What one request works with: the bindings, and everything that would make it depend on where and when it runs. */
export type Kit = {
  bucket: R2Bucket;
  flights: Bindings["SINGLE_FLIGHT"];
  cache: Cache;
  config: Config;
  origin: GuardedFetch;
  inference: InferenceEndpoint;
  timing: Timing;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Work that must be done even if the client goes away, or after it was answered. */
  waitUntil: (work: Promise<unknown>) => void;
};

export function kitFor(env: Bindings, config: Config, waitUntil: Kit["waitUntil"]): Kit {
  const ownFetch: typeof fetch = (input, init) => fetch(input, init);
  return {
    bucket: env.PICTURES,
    flights: env.SINGLE_FLIGHT,
    cache: caches.default,
    config,
    origin: { policy: config.sources, timeout: config.source.timeout, fetch: ownFetch },
    inference: { ...config.inference, fetch: ownFetch },
    timing: new Timing(() => performance.now()),
    now: () => Date.now(),
    waitUntil,
  };
}
