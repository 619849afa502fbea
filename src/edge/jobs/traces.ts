import { parseSource } from "../../contract/source.ts";
import type { Bindings } from "../bindings.ts";
import * as tracing from "../erasure/tracing.ts";
import type { JobRequest } from "./state.ts";

type Of = Pick<JobRequest, "id" | "owner" | "user" | "source">;

/** Before it is stored, so that nothing is ever stored that could not be erased. */
export const trace = (env: Bindings, job: Of): Promise<void> => tracing.traceStylization(env, tracedOf(job));

/** Once it is deleted. */
export const untrace = (env: Bindings, job: Of): Promise<void> =>
  tracing.untraceStylization(env, tracedOf(job));

function tracedOf({ id, owner, user, source }: Of): tracing.Traced {
  const parsed = parseSource(source);
  const upload = parsed.ok && parsed.source.kind === "upload" ? parsed.source.id : undefined;
  return { id, owner, user, upload };
}

/** Before anything is drawn of a picture for a user. */
export async function traceContent(
  env: Bindings,
  { owner, user, source }: Of,
  contentHash: string,
): Promise<void> {
  const parsed = parseSource(source);
  if (user === undefined || !parsed.ok) return;
  await tracing.traceContent(env, { owner, user, source: parsed.source, contentHash });
}
