import { uploadKey } from "../storage/keys.ts";
import { parseUpload, type StoredUpload } from "../storage/uploads.ts";
import { type Eraser, eraseUpload } from "./erase.ts";

/** Where the next run goes on: an object, since a run's memory ends with it. */
const PLACE = "sweeps/uploads";

/**
 * What one run may do. A page is a thousand uploads, and two requests: to list it, and to note the place. An erasure is two, to the upload's
 * record and to its user's: what they do is their own. A run may make a thousand requests to Cloudflare's services on any plan, and take
 * fifteen minutes (https://developers.cloudflare.com/workers/platform/limits/).
 */
export type Bounds = { pages: number; erasures: number };

const BOUNDS: Bounds = { pages: 20, erasures: 400 };

/** Erasures at a time: of about ten requests to R2 each, one after the other. */
const AT_ONCE = 6;

/**
 * Deletes uploads that have expired, and all that was made of them. Readers do without this: to them an upload has gone at the second. One run
 * does a bounded part, and the next goes on behind it, from the beginning once it has come to the end. What cannot be erased is logged, and
 * waits for the next time round.
 *
 * @returns how many were deleted
 */
export async function deleteExpired(eraser: Eraser, bounds = BOUNDS): Promise<number> {
  const { PICTURES: bucket } = eraser.env;
  let [place, tried, erased] = [await readPlace(bucket), 0, 0];
  for (let page = 0; page < bounds.pages && tried < bounds.erasures; page++) {
    const { objects, truncated } = await list(bucket, place);
    const expired = objects.flatMap((object) => expiredUpload(object, eraser.now()));
    const due = expired.slice(0, bounds.erasures - tried);
    erased += await eraseAll(due, eraser);
    tried += due.length;
    const isLeft = due.length < expired.length;
    place = isLeft ? uploadKey(due.at(-1)?.id ?? "") : truncated ? objects.at(-1)?.key : undefined;
    await writePlace(bucket, place);
    if (place === undefined) break;
  }
  return erased;
}

/** @returns how many could be erased */
async function eraseAll(uploads: readonly StoredUpload[], eraser: Eraser): Promise<number> {
  const waiting = uploads.values();
  let erased = 0;
  const work = async () => {
    for (const upload of waiting) {
      try {
        await eraseUpload(upload, eraser);
        erased++;
      } catch (error) {
        console.error(JSON.stringify({ event: "expired_upload_not_erased", error: String(error) }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return erased;
}

function expiredUpload(object: R2Object, now: number): StoredUpload[] {
  const upload = parseUpload(object);
  return upload && upload.expiresAt <= now ? [upload] : [];
}

/** @param place the name behind which it begins; nothing need be there any more */
const list = (bucket: R2Bucket, place: string | undefined): Promise<R2Objects> =>
  bucket.list({
    prefix: uploadKey(""),
    include: ["customMetadata", "httpMetadata"],
    ...(place !== undefined && { startAfter: place }),
  });

async function readPlace(bucket: R2Bucket): Promise<string | undefined> {
  const object = await bucket.get(PLACE);
  return object ? object.text() : undefined;
}

async function writePlace(bucket: R2Bucket, place: string | undefined): Promise<void> {
  if (place === undefined) await bucket.delete(PLACE);
  else await bucket.put(PLACE, place);
}
