import { uploadKey } from "../storage/keys.ts";
import { parseUpload, type StoredUpload } from "../storage/uploads.ts";
import { type Eraser, eraseUpload } from "./erase.ts";

/** Where the next run goes on: an object, since a run's memory ends with it. */
const CURSOR = "sweeps/uploads";

/** What one run may do. Listing is a request for each thousand; erasing takes about ten for each upload. */
export type Bounds = { pages: number; erasures: number };

const BOUNDS: Bounds = { pages: 20, erasures: 50 };

/**
 * Deletes uploads that have expired, and all that was made of them. Readers do without this: to them an upload has gone at the second. One run
 * does a bounded part, and the next goes on behind it, from the beginning once it has come to the end.
 *
 * @returns how many were deleted
 */
export async function deleteExpired(eraser: Eraser, bounds = BOUNDS): Promise<number> {
  const { PICTURES: bucket } = eraser.env;
  let [cursor, erased] = [await readCursor(bucket), 0];
  for (let page = 0; page < bounds.pages; page++) {
    const listed = await list(bucket, cursor);
    const expired = listed.objects.flatMap((object) => expiredUpload(object, eraser.now()));
    for (const upload of expired.slice(0, bounds.erasures - erased)) {
      await eraseUpload(upload, eraser);
      erased++;
    }
    if (erased >= bounds.erasures) break; // what is left of this page is listed again
    cursor = listed.truncated ? listed.cursor : undefined;
    await writeCursor(bucket, cursor);
    if (cursor === undefined) break;
  }
  return erased;
}

function expiredUpload(object: R2Object, now: number): StoredUpload[] {
  const upload = parseUpload(object);
  return upload && upload.expiresAt <= now ? [upload] : [];
}

/** A cursor that R2 does not take any more begins anew. */
async function list(bucket: R2Bucket, cursor: string | undefined): Promise<R2Objects> {
  const options: R2ListOptions = { prefix: uploadKey(""), include: ["customMetadata", "httpMetadata"] };
  if (cursor === undefined) return bucket.list(options);
  try {
    return await bucket.list({ ...options, cursor });
  } catch (error) {
    console.warn(JSON.stringify({ event: "expiry_cursor_lost", error: String(error) }));
    return bucket.list(options);
  }
}

async function readCursor(bucket: R2Bucket): Promise<string | undefined> {
  const object = await bucket.get(CURSOR);
  return object ? object.text() : undefined;
}

async function writeCursor(bucket: R2Bucket, cursor: string | undefined): Promise<void> {
  if (cursor === undefined) await bucket.delete(CURSOR);
  else await bucket.put(CURSOR, cursor);
}
