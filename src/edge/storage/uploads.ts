import { ProblemError } from "../../contract/problem.ts";
import { type Original, parseOriginal, type SourceRecord, uploadRecord } from "../source/record.ts";
import { orUnavailable } from "./available.ts";
import { uploadKey } from "./keys.ts";
import { PURGE_DELAY_SECONDS } from "./purges.ts";
import { Recent } from "./recent.ts";

/** What is known of an upload: R2's metadata of the object that its bytes are. Times in milliseconds since 1970. */
export type StoredUpload = {
  id: string;
  /** Whose it is; empty for those of before there were owners, which are the operator's. */
  owner: string;
  user: string | undefined;
  createdAt: number;
  /** Infinity for ever. */
  expiresAt: number;
  /** SHA-256 of the bytes as they are stored, hexadecimal. */
  contentHash: string;
  /** What was sent, from which the notes about its making have been taken: its SHA-256, and its bytes. */
  sent: { sha256: string; bytes: number };
  hasAlpha: boolean;
  /** Records of before it was kept have none, nor what follows. */
  original: Original | undefined;
  room: number | undefined;
};

/** Uploads that this isolate has found lately, and until when (milliseconds since 1970) it need not look again. */
const found = new Recent<{ upload: StoredUpload; until: number }>(2_000);

/** An upload never changes, but may be deleted: all isolates know of that as soon as of a purge. */
const LOOK_AGAIN = PURGE_DELAY_SECONDS * 1000;

/**
 * Uploads are stored under a random name. A name made of the content would store equal pictures once, but let anybody who has a picture
 * learn whether it was uploaded here, and would make two people's uploads one.
 *
 * @returns false where there is an upload of that id already, which then stays
 */
export async function writeUpload(
  bucket: R2Bucket,
  upload: StoredUpload & { original: Original; room: number },
  bytes: Uint8Array,
): Promise<boolean> {
  const { id, owner, user, createdAt, expiresAt, contentHash, sent, hasAlpha, original, room } = upload;
  const key = uploadKey(id);
  const customMetadata = {
    owner,
    ...(user !== undefined && { user }),
    createdAt: `${createdAt}`,
    ...(Number.isFinite(expiresAt) && { expiresAt: `${expiresAt}` }),
    contentHash,
    sentHash: sent.sha256,
    sentBytes: `${sent.bytes}`,
    hasAlpha: String(hasAlpha),
    width: `${original.width}`,
    height: `${original.height}`,
    room: `${room}`,
  };
  const stored = await orUnavailable("write", key, () =>
    bucket.put(key, bytes, {
      httpMetadata: { contentType: original.format },
      customMetadata,
      sha256: contentHash,
      onlyIf: { etagDoesNotMatch: "*" },
    }),
  );
  return stored !== null;
}

/** @throws ProblemError upload_not_found, of one that has expired too */
export async function headUpload(bucket: R2Bucket, id: string, now: number): Promise<StoredUpload> {
  const upload = await lookFor(bucket, id, now);
  if (!upload || now >= upload.expiresAt) throw noUpload();
  return upload;
}

async function lookFor(bucket: R2Bucket, id: string, now: number): Promise<StoredUpload | undefined> {
  const key = uploadKey(id);
  const remembered = found.get(key);
  if (remembered && now < remembered.until) return remembered.upload;
  const object = await orUnavailable("head", key, () => bucket.head(key));
  const upload = object ? parseUpload(object) : undefined;
  if (upload) found.set(key, { upload, until: now + LOOK_AGAIN });
  return upload;
}

/** What R2 tells of an upload's object; undefined where it is none of ours. */
export function parseUpload({
  key,
  size,
  uploaded,
  httpMetadata,
  customMetadata = {},
}: R2Object): StoredUpload | undefined {
  const { contentHash, owner = "", user, hasAlpha, width, height, room } = customMetadata;
  if (!contentHash) return undefined;
  const { createdAt, expiresAt, sentHash, sentBytes } = customMetadata;
  return {
    id: key.slice(uploadKey("").length),
    owner,
    user,
    createdAt: Number(createdAt ?? uploaded.getTime()),
    expiresAt: expiresAt === undefined ? Number.POSITIVE_INFINITY : Number(expiresAt),
    contentHash,
    sent: { sha256: sentHash ?? contentHash, bytes: Number(sentBytes ?? size) },
    hasAlpha: hasAlpha === "true",
    original: parseOriginal({
      file_size: size,
      width: Number(width),
      height: Number(height),
      format: httpMetadata?.contentType,
    }),
    room: room === undefined ? undefined : Number(room),
  };
}

/** Which picture an upload is. */
export async function findUpload(bucket: R2Bucket, id: string, now: number): Promise<SourceRecord> {
  const { contentHash, hasAlpha, original, room, expiresAt } = await headUpload(bucket, id, now);
  return uploadRecord({ contentHash, hasAlpha, original, room }, expiresAt);
}

export async function readUpload(bucket: R2Bucket, id: string): Promise<Uint8Array> {
  const key = uploadKey(id);
  const bytes = await orUnavailable("read", key, async () => (await bucket.get(key))?.bytes());
  if (!bytes) throw noUpload();
  return bytes;
}

/** Other isolates notice within `PURGE_DELAY_SECONDS`. */
export async function deleteUploads(bucket: R2Bucket, ids: readonly string[]): Promise<void> {
  for (const id of ids) found.delete(uploadKey(id));
  if (ids.length > 0) await bucket.delete(ids.map(uploadKey));
}

export const noUpload = () => new ProblemError("upload_not_found", "There is no upload of that id.");
