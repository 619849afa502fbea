import { parseSource } from "../../contract/source.ts";
import type { Bindings } from "../bindings.ts";
import { userRecord } from "../erasure/record-names.ts";
import { type Traced, traceStylization, untraceStylization } from "../erasure/tracing.ts";
import { sourceKey } from "../storage/keys.ts";
import type { JobRequest } from "./state.ts";

type Of = Pick<JobRequest, "id" | "owner" | "user" | "source">;

/** Before it is stored, so that nothing is ever stored that could not be erased. */
export const trace = (env: Bindings, job: Of): Promise<void> => traceStylization(env, tracedOf(job));

/** Once it is deleted. */
export const untrace = (env: Bindings, job: Of): Promise<void> => untraceStylization(env, tracedOf(job));

function tracedOf({ id, owner, user, source }: Of): Traced {
  const parsed = parseSource(source);
  const upload = parsed.ok && parsed.source.kind === "upload" ? parsed.source.id : undefined;
  return { id, owner, user, upload };
}

/** Before anything is drawn of a picture for a user. What is drawn of an upload is known to the upload's own record. */
export async function traceContent(env: Bindings, job: Of, contentHash: string): Promise<void> {
  const known = userRecord(env, job);
  if (!known) return;
  const parsed = parseSource(job.source);
  const record = parsed.ok && parsed.source.kind !== "upload" ? await sourceKey(parsed.source) : undefined;
  await known.add({ kind: "content", contentHash, record });
}
