import { ProblemError } from "../../contract/problem.ts";
import { type Original, parseOriginal, type SourceRecord, uploadRecord } from "../source/record.ts";
import { orUnavailable } from "./available.ts";
import { newUploadId, sha256, uploadKey } from "./keys.ts";
import { Recent } from "./recent.ts";

/** Uploads that this isolate has found lately, and until when (milliseconds since 1970) it need not look again. */
const found = new Recent<{ record: SourceRecord; until: number }>(2_000);

/** An upload never changes, but may be deleted. */
const LOOK_AGAIN = 60_000;

/**
 * Uploads are stored as they came, under a random name. A name made of the content would store equal pictures once, but let anybody
 * who has a picture learn whether it was uploaded here, and would make two people's uploads one.
 */
export async function storeUpload(
  bucket: R2Bucket,
  bytes: Uint8Array,
  { original, room, hasAlpha }: { original: Original; room: number; hasAlpha: boolean },
): Promise<string> {
  const contentHash = await sha256(bytes);
  const id = newUploadId();
  const key = uploadKey(id);
  const stored = await orUnavailable("write", key, () =>
    bucket.put(key, bytes, {
      httpMetadata: { contentType: original.format },
      customMetadata: {
        contentHash,
        hasAlpha: String(hasAlpha),
        width: `${original.width}`,
        height: `${original.height}`,
        room: `${room}`,
      },
      sha256: contentHash,
      onlyIf: { etagDoesNotMatch: "*" },
    }),
  );
  if (!stored)
    throw new ProblemError("storage_unavailable", "The upload could not be stored.", { retryAfter: 1 });
  return id;
}

/** Which picture an upload is; its metadata is the record. */
export async function findUpload(bucket: R2Bucket, id: string, now: number): Promise<SourceRecord> {
  const key = uploadKey(id);
  const remembered = found.get(key);
  if (remembered && now < remembered.until) return remembered.record;
  const object = await orUnavailable("head", key, () => bucket.head(key));
  const { contentHash, hasAlpha, width, height, room } = object?.customMetadata ?? {};
  if (!object || !contentHash) throw new ProblemError("upload_not_found", "There is no upload of that id.");
  const original = parseOriginal({
    file_size: object.size,
    width: Number(width),
    height: Number(height),
    format: object.httpMetadata?.contentType,
  });
  const record = uploadRecord({
    contentHash,
    hasAlpha: hasAlpha === "true",
    original,
    room: room === undefined ? undefined : Number(room),
  });
  found.set(key, { record, until: now + LOOK_AGAIN });
  return record;
}

export async function readUpload(bucket: R2Bucket, id: string): Promise<Uint8Array> {
  const key = uploadKey(id);
  const bytes = await orUnavailable("read", key, async () => (await bucket.get(key))?.bytes());
  if (!bytes) throw new ProblemError("upload_not_found", "There is no upload of that id.");
  return bytes;
}
