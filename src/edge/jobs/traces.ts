import type { Bindings } from "../bindings.ts";
import { type Trace, userRecordName } from "../erasure/user-record.ts";
import type { JobRequest } from "./state.ts";

type Of = Pick<JobRequest, "id" | "owner" | "user">;

/** Before it is stored, so that nothing of a user is ever stored that could not be erased. */
export const trace = (env: Bindings, job: Of): Promise<void> =>
  toUser(env, job, (record) => record.add({ kind: "stylization", id: job.id }));

/** Once it is deleted. */
export const untrace = (env: Bindings, job: Of): Promise<void> =>
  toUser(env, job, (record) => record.remove({ kind: "stylization", id: job.id }));

/** Before anything is drawn of it. */
export function traceContent(env: Bindings, job: Of, contentHash: string): Promise<void> {
  const content: Trace = { kind: "content", contentHash };
  return toUser(env, job, (record) => record.add(content));
}

async function toUser(
  env: Bindings,
  { owner, user }: Of,
  tell: (record: ReturnType<Bindings["USERS"]["getByName"]>) => Promise<unknown>,
): Promise<void> {
  if (user !== undefined) await tell(env.USERS.getByName(userRecordName(owner, user)));
}
