import type { Endpoint } from "../inference/endpoint.ts";
import type { Environment } from "./environment.ts";

export type EndpointConfig = Omit<Endpoint, "fetch">;

/** Endpoints in the order in which they are asked; `timeout` is for all of them together, in milliseconds. */
export type InferenceConfig = {
  endpoints: readonly [EndpointConfig, ...EndpointConfig[]];
  timeout: number;
};

/** Calls that one isolate has under way at an endpoint at most, unless its configuration says otherwise. */
const CONCURRENCY = 32;

export function readInference(env: Environment): InferenceConfig {
  const url = endpointUrl(env.text("INFERENCE_URL") || "http://127.0.0.1:8788");
  if (url === undefined) env.complain("INFERENCE_URL must be an http or https URL without query.");
  const modelSuffix = env.text("MODEL_SUFFIX");
  if (!/^\w*$/.test(modelSuffix)) env.complain("MODEL_SUFFIX may have letters, digits and underscores.");
  const timeout = env.whole("INFERENCE_TIMEOUT", 60, 1, 600) * 1000;
  const only = {
    name: "endpoint",
    url: url ?? "",
    headers: {},
    modelSuffix,
    timeout,
    concurrency: CONCURRENCY,
    hedgeAfter: undefined,
  };
  return { endpoints: [only], timeout };
}

/** Without a slash at the end, so that paths can be appended. */
function endpointUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const isUsable = url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  return isUsable ? url.href.replace(/\/+$/, "") : undefined;
}
