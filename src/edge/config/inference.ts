import type { Endpoint } from "../inference/endpoint.ts";
import {
  type Credentials,
  endpointUrl,
  MODEL_SUFFIX,
  parseCredentials,
  parseEndpoints,
  type SpelledEndpoint,
} from "./endpoints.ts";
import type { Environment } from "./environment.ts";

export type EndpointConfig = Omit<Endpoint, "fetch">;

/** Endpoints in the order in which they are asked; `timeout` is for all of them together. Milliseconds. */
export type InferenceConfig = {
  endpoints: readonly [EndpointConfig, ...EndpointConfig[]];
  timeout: number;
  /** After which the edge engine draws for somebody who waits, where there is one; 0: it never does. */
  edgeAfter: number;
};

/** Calls that one isolate has under way at an endpoint at most, unless its configuration says otherwise. */
const CONCURRENCY = 32;

export function readInference(env: Environment): InferenceConfig {
  const timeout = env.whole("INFERENCE_TIMEOUT", 60, 1, 600) * 1000;
  const edgeAfter = env.whole("EDGE_AFTER", 15, 0, 600) * 1000;
  const credentials = env.parsed("INFERENCE_CREDENTIALS", parseCredentials) ?? {};
  const only = readOnly(env);
  const [first = only, ...others] = env.parsed("INFERENCE_ENDPOINTS", parseEndpoints) ?? [];
  const settled = (endpoint: SpelledEndpoint) => settle(endpoint, credentials, timeout);
  const endpoints = [settled(first), ...others.map(settled)] as const;
  const names: string[] = endpoints.map(({ name }) => name);
  for (const name of Object.keys(credentials)) {
    if (!names.includes(name))
      env.complain(`INFERENCE_CREDENTIALS has a name that no endpoint has; there are: ${names.join(", ")}.`);
  }
  return { endpoints, timeout, edgeAfter };
}

/** The simple way: one endpoint. */
function readOnly(env: Environment): SpelledEndpoint {
  const url = endpointUrl(env.text("INFERENCE_URL") || "http://127.0.0.1:8788");
  if (url === undefined) env.complain("INFERENCE_URL must be an http or https URL without query.");
  const modelSuffix = env.text("MODEL_SUFFIX");
  if (!MODEL_SUFFIX.test(modelSuffix)) env.complain("MODEL_SUFFIX may have letters, digits and underscores.");
  return { name: "endpoint", url: url ?? "", modelSuffix };
}

function settle(
  { name, url, modelSuffix, timeout, concurrency, hedgeAfter }: SpelledEndpoint,
  credentials: Credentials,
  longest: number,
): EndpointConfig {
  return {
    ...{ name, url, modelSuffix, hedgeAfter },
    headers: credentials[name] ?? {},
    timeout: timeout === undefined ? longest : timeout * 1000,
    concurrency: concurrency ?? CONCURRENCY,
  };
}
