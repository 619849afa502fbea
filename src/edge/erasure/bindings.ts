import type { Counts, Terms } from "./counts.ts";
import type { Trace } from "./trace.ts";

/** Durable Objects by their names. */
export type Named<Stub> = { getByName: (name: string) => Stub };

/** What erasing reaches: the parts of the bindings that it needs, as it needs them. */
export type ErasureBindings = {
  PICTURES: R2Bucket;
  USERS: Named<TraceRecord & { erase: (terms: Terms, own?: Trace) => Promise<Counts> }>;
  UPLOAD_SESSIONS: Named<{ abandon: () => Promise<boolean> }>;
  JOBS: Named<{ erase: () => Promise<{ pictures: number } | undefined> }>;
  WEBHOOKS: Named<{ forget: (stylizations: string[], begunUntil?: number) => Promise<void> }>;
};

/** What knows of traces, as whoever leaves them sees it. */
export type TraceRecord = {
  add: (trace: Trace) => Promise<void>;
  remove: (trace: Trace) => Promise<void>;
};
