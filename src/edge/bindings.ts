import type { Principal } from "./access/principal.ts";
import type { Config } from "./config.ts";
import type { UserRecord } from "./erasure/user-record.ts";
import type { UploadSession } from "./intake/upload-session.ts";
import type { JobMessage } from "./jobs/message.ts";
import type { JobObject } from "./jobs/object.ts";
import type { ApiKey } from "./keys/api-key.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import type { SingleFlight } from "./storage/single-flight.ts";
import type { Dataset } from "./telemetry/events.ts";
import type { Variables } from "./variables.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** What wrangler.toml binds. */
export type Bindings = {
  PICTURES: R2Bucket;
  SINGLE_FLIGHT: DurableObjectNamespace<SingleFlight>;
  JOBS: DurableObjectNamespace<JobObject>;
  WEBHOOKS: DurableObjectNamespace<Webhooks>;
  API_KEYS: DurableObjectNamespace<ApiKey>;
  KEY_RING: DurableObjectNamespace<KeyRing>;
  UPLOAD_SESSIONS: DurableObjectNamespace<UploadSession>;
  USERS: DurableObjectNamespace<UserRecord>;
  JOB_QUEUE: Queue<JobMessage>;
  /** Absent where nobody counts. */
  EVENTS?: Dataset;
  /** The small networks, in a Worker of their own (src/edge-inference); an operator may leave it out. */
  EDGE_INFERENCE?: Fetcher;
} & Variables;

/** What every handler can reach: the bindings, the configuration read from them, and, behind `authorized`, who asks. */
export type App = { Bindings: Bindings; Variables: { config: Config; principal: Principal } };
