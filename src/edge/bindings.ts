import type { SingleFlight } from "./storage/single-flight.ts";

/** What wrangler.toml binds; docs/configuration.md describes the variables. */
export type Bindings = {
  PICTURES: R2Bucket;
  SINGLE_FLIGHT: DurableObjectNamespace<SingleFlight>;
} & Variables;

export type Variables = { [Name in VariableName]?: string | undefined };

export type VariableName =
  | "INFERENCE_URL"
  | "MODEL_SUFFIX"
  | "ALLOWED_SOURCES"
  | "ALLOWED_ORIGINS"
  | "WORKING_SIZE"
  | "CACHE_MAX_AGE"
  | "SOURCE_TTL"
  | "SOURCE_TIMEOUT"
  | "INFERENCE_TIMEOUT";
