import type { Erasure } from "../../contract/api/uploads.ts";
import { isoTime } from "../../contract/encoding.ts";
import { reached } from "../reached.ts";
import { PURGE_DELAY_SECONDS } from "../storage/purges.ts";
import type { StoredUpload } from "../storage/uploads.ts";
import type { ErasureBindings } from "./bindings.ts";
import type { Counts } from "./counts.ts";
import { uploadRecordName, userRecord } from "./record-names.ts";

/** Where something is erased from, and what that takes to say. */
export type Eraser = {
  env: ErasureBindings;
  /** Milliseconds that a picture may take to be drawn and stored. */
  longest: number;
  /** Seconds that caches outside may keep a picture. */
  cacheMaxAgeSeconds: number;
  now: () => number;
};

/** An upload, and all that was made of it. @throws ProblemError storage_unavailable where it is not done yet; it will be */
export async function eraseUpload(upload: StoredUpload, eraser: Eraser): Promise<Erasure> {
  const { id, owner, contentHash } = upload;
  const { env } = eraser;
  const trace = { kind: "upload", id, contentHash } as const;
  const erasure = await erasing(eraser, (sweepAfter) =>
    env.USERS.getByName(uploadRecordName(id)).erase({ owner, sweepAfter }, trace),
  );
  await reached("users", async () => userRecord(env, upload)?.remove(trace));
  return erasure;
}

/** Everything of a user. @throws ProblemError storage_unavailable where it is not done yet; it will be */
export function eraseUser(of: { owner: string; user: string }, eraser: Eraser): Promise<Erasure> {
  return erasing(eraser, (sweepAfter) => userRecord(eraser.env, of).erase({ owner: of.owner, sweepAfter }));
}

/** Milliseconds for the clocks of several machines, and for storing what is drawn. */
const BESIDES = 5_000;

async function erasing(
  { longest, cacheMaxAgeSeconds, now }: Eraser,
  erase: (sweepAfter: number) => Promise<Counts>,
): Promise<Erasure> {
  const sweepAfter = PURGE_DELAY_SECONDS * 1000 + longest + BESIDES; // an isolate that does not know yet may begin to draw
  const counts = await reached("users", () => erase(sweepAfter));
  const at = now();
  return {
    ...counts,
    erasedAt: isoTime(at),
    sweptAgainAt: isoTime(at + sweepAfter),
    caches: `The service's own caches show nothing of it after ${PURGE_DELAY_SECONDS} seconds. Browsers, and caches outside of the service, may keep a picture that they were given for ${cacheMaxAgeSeconds} seconds, and for as long again while they ask for it anew.`,
  };
}
