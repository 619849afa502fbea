import type { Health } from "./health.ts";
import type { Observer } from "./observer.ts";
import type { Priority } from "./priority.ts";

/** One Open Inference Protocol v2 server. */
export type Endpoint = {
  /** As the log, `Server-Timing` and `/readyz` call it, which tell nobody its URL. */
  name: string;
  /** Without a slash at the end. */
  url: string;
  /** Sent with each request, such as `Authorization`. */
  headers: Readonly<Record<string, string>>;
  /** Follows the style in the model's name, `ttn_{style}{suffix}`. */
  modelSuffix: string;
  /** Milliseconds for one attempt at most, queueing included. */
  timeout: number;
  /** Calls that one isolate has under way there at most. */
  concurrency: number;
  /** Milliseconds after which the next endpoint is asked too, and the first answer taken; undefined: never. */
  hedgeAfter: number | undefined;
  fetch: typeof fetch;
};

/** What the edge's own engine is called, where an endpoint's name would stand. */
export const EDGE = "edge";

/** What draws: endpoints in the order in which they are asked, all with networks of the same quality. */
export type Inference = {
  endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Milliseconds for one question, however many endpoints are asked. */
  timeout: number;
  priority: Priority;
  observer: Observer;
  /** What is known of the endpoints. */
  health: Health;
  /** Is told which endpoint has drawn a picture. */
  drawnBy?: (endpoint: string) => void;
};

export const modelUrl = (model: string, { url }: Endpoint): string => `${url}/v2/models/${model}`;
