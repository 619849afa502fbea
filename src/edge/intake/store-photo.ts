import type { Upload } from "../../contract/api/uploads.ts";
import { randomId, sha256 } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { STYLES } from "../../contract/style.ts";
import type { Holder } from "../access/principal.ts";
import { logUncounted } from "../access/uncounted.ts";
import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { userRecord } from "../erasure/record-names.ts";
import type { Trace } from "../erasure/trace.ts";
import { roomFor } from "../image/index.ts";
import { countUpload } from "../keys/quotas.ts";
import { reached } from "../reached.ts";
import { bare } from "../source/bare.ts";
import { type Probe, probe } from "../source/probe.ts";
import { orUnavailable } from "../storage/available.ts";
import { uploadKey } from "../storage/keys.ts";
import { deleteUploads, headUpload, type StoredUpload, writeUpload } from "../storage/uploads.ts";
import { requireDrawable } from "../stylize/drawable.ts";
import { originalOf } from "../stylize/original.ts";
import { photoMemory } from "./photo-memory.ts";
import { uploadOf } from "./upload.ts";

/** A photo as it came, and whose it is. */
export type Photo = Holder & {
  bytes: Uint8Array;
  /** Of the bytes, hexadecimal, where it is known. */
  sha256?: string | undefined;
  /** Where one was given out before; else it gets a new one. */
  id?: string | undefined;
};

/** What storing takes. */
export type Intake = { env: Bindings; config: Config; now: () => number };

/**
 * Stores a photo for every way in: looks at it, takes out of its file what is no picture, tells the user's record of it, then writes it. What is returned is stored; where this throws,
 * nothing is, unless its id was given out before: then it may be, and is found when it is stored again under this id, which changes nothing.
 *
 * @throws ProblemError where it is no picture that can be drawn, there is no memory for it, or the storage is away
 */
export function storePhoto(photo: Photo, intake: Intake): Promise<Upload> {
  return photoMemory.hold((take) => {
    take(photo.bytes.length); // once more: what is left of the file is another one
    return store(photo, intake);
  });
}

async function store(photo: Photo, { env, config, now }: Intake): Promise<Upload> {
  const { bytes, owner, user, id = randomId() } = photo;
  const { stored, probed } = requirePicture(bytes, config);
  const createdAt = now();
  const upload = {
    ...{ id, owner, user, createdAt, expiresAt: createdAt + config.uploads.ttl },
    contentHash: await sha256(stored),
    sent: { sha256: photo.sha256 ?? (await sha256(bytes)), bytes: bytes.length },
    hasAlpha: probed.hasAlpha,
    original: originalOf(probed, stored.length),
    room: roomFor(probed, stored.length),
  };
  const trace = { kind: "upload", id, contentHash: upload.contentHash } as const;
  await reached("users", async () => userRecord(env, upload)?.add(trace));
  // Where this fails the photo may be stored all the same, and only the answer be lost: it stays known, so that it can be erased.
  const isNew = await writeUpload(env.PICTURES, upload, stored);
  const kept = isNew ? upload : await requireSame(upload, env.PICTURES, now());
  await requireKept(trace, upload, env, photo.id !== undefined);
  await count(kept, env);
  return uploadOf(kept, config);
}

/**
 * Takes back a photo of which nothing was made, as if it had never been stored.
 *
 * @throws ProblemError storage_unavailable
 */
export async function takeBack(id: string, env: Bindings): Promise<void> {
  const { PICTURES: bucket } = env;
  const upload = await headUpload(bucket, id, 0); // however old it is
  await orUnavailable("delete", uploadKey(id), () => deleteUploads(bucket, [id]));
  const trace = { kind: "upload", id, contentHash: upload.contentHash } as const;
  await reached("users", async () => userRecord(env, upload)?.remove(trace));
}

/**
 * What of the bytes is kept: the picture, and nothing else that the file tells.
 *
 * @throws ProblemError where no image URL of it could ever be answered
 */
function requirePicture(bytes: Uint8Array, config: Config): { stored: Uint8Array; probed: Probe } {
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  requireDrawable(probed, { longSide: config.workingSize }, STYLES);
  const left = bare(bytes, probed);
  if (!left.ok) throw ProblemError.of(left);
  return { stored: left.bytes, probed };
}

/**
 * Whoever has a user erased while a photo of theirs is being written must not find it afterwards. Where the record does not say, a photo whose
 * id nobody knows is taken back: whoever is told of the trouble sends it again, and there would be two.
 */
async function requireKept(
  trace: Trace,
  upload: StoredUpload,
  env: Bindings,
  isKnown: boolean,
): Promise<void> {
  const isKept = await reached("users", async () => userRecord(env, upload)?.holds(trace)).catch(
    async (error) => {
      if (!isKnown) await takeBack(upload.id, env).catch(() => {}); // logged; it stays until uploads expire
      throw error;
    },
  );
  if (isKept ?? true) return; // without a user there is no record
  await orUnavailable("delete", uploadKey(upload.id), () => deleteUploads(env.PICTURES, [upload.id]));
  throw new ProblemError("upload_not_found", "The user was erased while the photo was being stored.");
}

async function count({ owner, id, sent }: StoredUpload, env: Bindings): Promise<void> {
  try {
    await countUpload(env, owner, id, sent.bytes);
  } catch (error) {
    logUncounted(owner, error);
  }
}

/** An id that was given out is stored once: whoever completes it again, after a broken answer, is told the same. */
async function requireSame(upload: StoredUpload, bucket: R2Bucket, now: number): Promise<StoredUpload> {
  const stored = await headUpload(bucket, upload.id, now);
  if (stored.owner === upload.owner && stored.sent.sha256 === upload.sent.sha256) return stored;
  throw new ProblemError("storage_unavailable", "The upload could not be stored.", { retryAfter: 1 });
}
