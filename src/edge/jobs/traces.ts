import { parseSource } from "../../contract/source.ts";
import type { Bindings } from "../bindings.ts";
import { userRecordName } from "../erasure/record-names.ts";
import { type Traced, traceStylization, untraceStylization } from "../erasure/tracing.ts";
import type { JobRequest } from "./state.ts";

export type Of = Pick<JobRequest, "id" | "owner" | "user" | "source">;

/** Before it is stored, so that nothing is ever stored that could not be erased with its user, or its upload. */
export const trace = (env: Bindings, job: Of): Promise<void> => traceStylization(env, traced(job));

/** Once it is deleted. */
export const untrace = (env: Bindings, job: Of): Promise<void> => untraceStylization(env, traced(job));

/** Before anything is drawn of it. An upload's own record has its content. */
export async function traceContent(env: Bindings, job: Of, contentHash: string): Promise<void> {
  const { owner, user } = job;
  if (user === undefined || traced(job).upload !== undefined) return;
  await env.USERS.getByName(userRecordName(owner, user)).add({ kind: "content", contentHash });
}

function traced({ id, owner, user, source }: Of): Traced {
  const parsed = parseSource(source);
  const upload = parsed.ok && parsed.source.kind === "upload" ? parsed.source.id : undefined;
  return { id, owner, user, upload };
}
