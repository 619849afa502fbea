import { type Source, spellSource } from "../../contract/source.ts";
import { reached } from "../reached.ts";
import { sourceKey } from "../storage/keys.ts";
import { PURGE_DELAY_SECONDS } from "../storage/purges.ts";
import { Recent } from "../storage/recent.ts";
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

/** What is drawn of which source for which user. */
export type TracedContent = { owner: string; user: string; source: Source; contentHash: string };

/**
 * To be called before anything is drawn of a picture for a user. What is drawn of an upload is known to the upload's own record besides.
 *
 * @throws ProblemError storage_unavailable
 */
export async function traceContent(env: Users, traced: TracedContent): Promise<void> {
  const { owner, user, source, contentHash } = traced;
  const record = source.kind === "upload" ? undefined : await sourceKey(source);
  await reached("users", async () =>
    userRecord(env, { owner, user })?.add({ kind: "content", contentHash, record }),
  );
}

/** Contents that this isolate has traced lately, and until when (milliseconds since 1970) it need not do so again. */
const contents = new Recent<number>(2_000);

/**
 * The same for what is asked for often, as an image URL is. Where the user was erased meanwhile, what is drawn before the time is over is
 * gone when the erasure sweeps once more.
 */
export async function traceContentLately(env: Users, traced: TracedContent, now: number): Promise<void> {
  const { owner, user, source, contentHash } = traced;
  const name = JSON.stringify([owner, user, spellSource(source), contentHash]);
  if (now < (contents.get(name) ?? 0)) return;
  await traceContent(env, traced);
  contents.set(name, now + PURGE_DELAY_SECONDS * 1000);
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
