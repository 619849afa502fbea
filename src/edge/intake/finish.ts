import type { Upload } from "../../contract/api/uploads.ts";
import { sha256 as hashOf } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import { reached } from "../reached.ts";
import { noUpload } from "../storage/uploads.ts";
import type { SessionStub } from "./sessions.ts";
import { type Intake, storePhoto, takeBack } from "./store-photo.ts";
import type { Session } from "./upload-session.ts";

/** Trouble in which the same bytes may become an upload later. */
const PASSING = ["storage_unavailable", "overloaded", "internal", "misconfigured"];

/**
 * Makes an upload of all bytes of a session, under its id, and ends the session: the upload is stored before. Bytes that can never be one are
 * deleted. May be done again, by several at once too.
 *
 * @throws ProblemError
 */
export async function finish(
  session: Session,
  bytes: Uint8Array,
  stub: SessionStub,
  intake: Intake,
): Promise<Upload> {
  const { id, owner, user } = session;
  try {
    const sha256 = await requireAnnounced(session, bytes);
    const upload = await storePhoto({ bytes, sha256, owner, user, id }, intake);
    if (await reached("uploads", () => stub.end(true))) return upload;
  } catch (error) {
    const { code } = asProblem(error);
    if (!PASSING.includes(code)) await reached("uploads", () => stub.end(false));
    throw error;
  }
  await takeBack(id, intake.env); // given up, or its user erased, while it was stored
  throw noUpload();
}

/** @returns the bytes' SHA-256 @throws ProblemError digest_mismatch where they are not those that were announced */
export async function requireAnnounced(
  { length, sha256 }: Pick<Session, "length" | "sha256">,
  bytes: Uint8Array,
): Promise<string> {
  if (bytes.length !== length)
    throw new ProblemError("digest_mismatch", `${length} bytes were announced, and ${bytes.length} arrived.`);
  const hash = await hashOf(bytes);
  if (sha256 === undefined || sha256 === hash) return hash;
  throw new ProblemError("digest_mismatch", "What arrived has another SHA-256.");
}
