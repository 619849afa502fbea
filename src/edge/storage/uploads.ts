import { ProblemError } from "../../contract/problem.ts";
import type { SourceRecord } from "../source/record.ts";
import { newUploadId, sha256, uploadKey } from "./keys.ts";
import { logStorage } from "./objects.ts";
import { recentRecord, rememberRecord } from "./records.ts";

/**
 * Uploads are stored as they came, under a random name. A name made of the content would store equal pictures once, but let anybody
 * who has a picture learn whether it was uploaded here, and would make two people's uploads one.
 */
export async function storeUpload(
  bucket: R2Bucket,
  bytes: Uint8Array,
  picture: { contentType: string; hasAlpha: boolean },
): Promise<string> {
  const contentHash = await sha256(bytes);
  const id = newUploadId();
  const key = uploadKey(id);
  const stored = await orUnavailable("write", key, () =>
    bucket.put(key, bytes, {
      httpMetadata: { contentType: picture.contentType },
      customMetadata: { contentHash, hasAlpha: String(picture.hasAlpha) },
      sha256: contentHash,
      onlyIf: { etagDoesNotMatch: "*" },
    }),
  );
  if (!stored)
    throw new ProblemError("storage_unavailable", "The upload could not be stored.", { retryAfter: 1 });
  rememberRecord(key, uploadRecord(contentHash, picture.hasAlpha));
  return id;
}

/** Which picture an upload is; its metadata is the record. */
export async function findUpload(bucket: R2Bucket, id: string): Promise<SourceRecord> {
  const key = uploadKey(id);
  const remembered = recentRecord(key);
  if (remembered) return remembered;
  const object = await orUnavailable("head", key, () => bucket.head(key));
  const { contentHash, hasAlpha } = object?.customMetadata ?? {};
  if (!contentHash) throw new ProblemError("upload_not_found", "There is no upload of that id.");
  const record = uploadRecord(contentHash, hasAlpha === "true");
  rememberRecord(key, record);
  return record;
}

export async function readUpload(bucket: R2Bucket, id: string): Promise<Uint8Array> {
  const key = uploadKey(id);
  const bytes = await orUnavailable("read", key, async () => (await bucket.get(key))?.bytes());
  if (!bytes) throw new ProblemError("upload_not_found", "There is no upload of that id.");
  return bytes;
}

const uploadRecord = (contentHash: string, hasAlpha: boolean): SourceRecord => ({
  contentHash,
  hasAlpha,
  freshUntil: Number.POSITIVE_INFINITY,
  validator: { etag: undefined, lastModified: undefined },
});

/** Unlike results, uploads cannot be made anew: where the store is away, the request ends. */
async function orUnavailable<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    logStorage(action, key, error);
    throw new ProblemError("storage_unavailable", "The storage does not answer.", {
      cause: error,
      retryAfter: 5,
    });
  }
}
