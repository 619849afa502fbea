import type { SingleFlight } from "./storage/single-flight.ts";
import type { Variables } from "./variables.ts";

/** What wrangler.toml binds. */
export type Bindings = {
  PICTURES: R2Bucket;
  SINGLE_FLIGHT: DurableObjectNamespace<SingleFlight>;
} & Variables;
