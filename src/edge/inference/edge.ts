import { EDGE, type Inference } from "./endpoint.ts";

/** Milliseconds for one question: some two seconds a picture, and as long again for who waits before it, and for a cold start. */
const TIMEOUT = 20_000;

/** Calls under way from one isolate: as many as the engine holds, which draws one after the other, and says at once what it has no time for. */
const CONCURRENCY = 17;

/** The binding leads to one Worker, whatever the host; it is never resolved. */
const URL_THERE = "http://edge-inference.invalid";

/**
 * The chain that is the edge's own engine alone, behind its service binding: it costs no way to anywhere, and is there as long as the edge is.
 *
 * @param chain whatever else there is to it is as there
 */
export function atTheEdge(engine: Fetcher, chain: Inference): Inference {
  const endpoint = {
    ...{ name: EDGE, url: URL_THERE, headers: {}, modelSuffix: "_edge" },
    ...{ timeout: TIMEOUT, concurrency: CONCURRENCY, hedgeAfter: undefined },
    fetch: ((input: RequestInfo, init?: RequestInit) => engine.fetch(input, init)) as typeof fetch,
  };
  return { ...chain, endpoints: [endpoint], timeout: TIMEOUT };
}
