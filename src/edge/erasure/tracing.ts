import { reached } from "../reached.ts";
import type { Named, TraceRecord } from "./bindings.ts";
import { uploadRecordName, userRecord } from "./record-names.ts";

/** A stylization, as it is found again: by its user, and by the upload that it is made of. */
export type Traced = {
  id: string;
  owner: string;
  user: string | undefined;
  /** The id in its source, where that is an upload. */
  upload: string | undefined;
};

type Users = { USERS: Named<TraceRecord> };

/**
 * To be called before a stylization is stored, so that nothing is ever stored that could not be erased.
 *
 * @throws ProblemError storage_unavailable
 */
export async function traceStylization(env: Users, traced: Traced): Promise<void> {
  const { id, owner } = traced;
  await toEach(env, traced, (record) => record.add({ kind: "stylization", id, owner }));
}

/** Once a stylization has expired or was deleted. */
export async function untraceStylization(env: Users, traced: Traced): Promise<void> {
  const { id, owner } = traced;
  await toEach(env, traced, (record) => record.remove({ kind: "stylization", id, owner }));
}

async function toEach(
  env: Users,
  traced: Traced,
  tell: (record: TraceRecord) => Promise<void>,
): Promise<void> {
  const { upload } = traced;
  const ofUpload = upload === undefined ? undefined : env.USERS.getByName(uploadRecordName(upload));
  const records = [userRecord(env, traced), ofUpload].filter((record) => record !== undefined);
  await Promise.all(records.map((record) => reached("users", () => tell(record))));
}
