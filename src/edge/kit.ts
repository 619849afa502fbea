import { ProblemError } from "../contract/problem.ts";
import type { Bindings } from "./bindings.ts";
import type { Config } from "./config.ts";
import { atTheEdge } from "./inference/edge.ts";
import type { Endpoint, Inference } from "./inference/endpoint.ts";
import { ISOLATE } from "./inference/health.ts";
import type { Priority } from "./inference/priority.ts";
import type { ModerationEndpoint } from "./moderation/client.ts";
import type { Origins } from "./source/origin.ts";
import type { Flights } from "./storage/flight.ts";
import { currentActivity } from "./telemetry/activity.ts";
import { OBSERVER } from "./telemetry/observer.ts";
import { Timing } from "./timing.ts";

/** What one request works with: the bindings, and everything that would make it depend on where and when it runs. */
export type Kit = {
  bucket: R2Bucket;
  flights: Flights;
  cache: Cache;
  config: Config;
  origins: Origins;
  inference: Inference;
  /** The small networks at the edge, for when no endpoint draws; undefined where they are not deployed, or not wanted. */
  edge: Inference | undefined;
  moderation: ModerationEndpoint | undefined;
  timing: Timing;
  /** What is made with it is kept, and not shown and asked for again: `forKeeps`. */
  isForKeeps: boolean;
  /** Milliseconds since 1970 until which a picture fails, to be tried again, where its heads cannot be drawn just now. */
  headsUntil: number;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Work that must be done even if the client goes away, or after it was answered. */
  waitUntil: (work: Promise<unknown>) => void;
};

/** For somebody who waits at an image URL. */
export function kitFor(env: Bindings, config: Config, waitUntil: Kit["waitUntil"]): Kit {
  const ownFetch: typeof fetch = (input, init) => fetch(input, init);
  const timing = new Timing(() => performance.now());
  const engines = enginesOf(env, config, ownFetch, timing);
  return {
    bucket: env.PICTURES,
    flights: { objects: env.SINGLE_FLIGHT, longest: longestFlight(config) },
    cache: caches.default,
    config,
    origins: {
      policy: config.source.policy,
      timeout: config.source.timeout,
      fetch: ownFetch,
      buckets: config.source.buckets,
      bucket: (binding) => bucketOf(env, binding),
    },
    ...engines,
    moderation: config.moderation && { ...config.moderation, fetch: ownFetch },
    timing,
    isForKeeps: false,
    headsUntil: 0,
    now: () => Date.now(),
    waitUntil,
  };
}

function enginesOf(
  { EDGE_INFERENCE }: Bindings,
  { inference }: Config,
  ownFetch: Endpoint["fetch"],
  timing: Timing,
): Pick<Kit, "inference" | "edge"> {
  const { edgeAfter } = inference;
  const hasEdge = EDGE_INFERENCE !== undefined && edgeAfter > 0;
  const timeout = hasEdge ? Math.min(inference.timeout, edgeAfter) : inference.timeout;
  const [first, ...others] = inference.endpoints;
  const endpoints = [
    { ...first, fetch: ownFetch },
    ...others.map((endpoint) => ({ ...endpoint, fetch: ownFetch })),
  ] as const;
  const drawnBy = (endpoint: string) => {
    timing.engine = endpoint;
    const activity = currentActivity();
    if (activity) activity.engine = endpoint;
  };
  const priority = "interactive" as const;
  const chain = { endpoints, timeout, priority, observer: OBSERVER, health: ISOLATE, drawnBy };
  return { inference: chain, edge: hasEdge ? atTheEdge(EDGE_INFERENCE, chain) : undefined };
}

/** Milliseconds for the rest of a flight: computing, storing, and what the clocks of several machines differ by. */
const BESIDES = 30_000;

/** Frame, heads, matte, and heads for a large answer: one after the other, with the same time for each. */
const INFERENCES = 4;

/** A source of many bytes is asked for again where its detail is shown. */
const FETCHES = 3;

/** As long as all that a leader waits for may take. */
export const longestFlight = ({ source, moderation, inference }: Config) =>
  FETCHES * source.timeout + (moderation?.timeout ?? 0) + INFERENCES * inference.timeout + BESIDES;

/**
 * What is kept is worth waiting for, whether somebody does or not: it has all the time that there is, and is done by the endpoints with all that
 * belongs to it, or not at all. Nobody waits so badly for it that the edge should draw it: it is tried again until the endpoints are back.
 *
 * @param priority whether somebody waits for it all the same; else it comes after those who are waited for
 * @param headsUntil as in `Kit`
 */
export const forKeeps = (kit: Kit, priority: Priority, headsUntil: number): Kit => ({
  ...kit,
  inference: { ...kit.inference, priority, timeout: kit.config.inference.timeout },
  edge: undefined,
  isForKeeps: true,
  headsUntil,
});

/** A request whose answer is out works on, and tells nobody how long that takes. */
export const behindTheAnswer = (kit: Kit): Kit => ({
  ...forKeeps(kit, "batch", Number.POSITIVE_INFINITY),
  timing: new Timing(kit.now),
});

/** @throws ProblemError where the configuration names a bucket that wrangler.toml does not bind */
function bucketOf(env: Bindings, binding: string): R2Bucket {
  const bucket: unknown = Reflect.get(env, binding);
  if (isBucket(bucket)) return bucket;
  const cause = `SOURCE_BUCKETS names ${binding}, which is no R2 binding.`;
  throw new ProblemError("misconfigured", "A variable has a value that makes no sense.", { cause });
}

const isBucket = (value: unknown): value is R2Bucket =>
  typeof value === "object" && value !== null && "head" in value && "put" in value;
