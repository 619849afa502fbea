import { app } from "./app.ts";
import { queue } from "./jobs/queue.ts";
import { scheduled } from "./scheduled.ts";

export { UserRecord } from "./erasure/user-record.ts";
export { UploadSession } from "./intake/upload-session.ts";
export { Job } from "./jobs/job.ts";
export { ApiKey } from "./keys/api-key.ts";
export { KeyRing } from "./keys/key-ring.ts";
export { SingleFlight } from "./storage/single-flight.ts";
export { Webhooks } from "./webhooks/webhooks.ts";

export default { fetch: app.fetch, queue, scheduled };
