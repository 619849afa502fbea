import type { Config } from "./config.ts";
import type { SingleFlight } from "./storage/single-flight.ts";
import type { Variables } from "./variables.ts";

/** What wrangler.toml binds. */
export type Bindings = {
  PICTURES: R2Bucket;
  SINGLE_FLIGHT: DurableObjectNamespace<SingleFlight>;
} & Variables;

/** What every handler can reach: the bindings, and the configuration read from them. */
export type App = { Bindings: Bindings; Variables: { config: Config } };
