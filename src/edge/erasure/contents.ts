import { CONTENT_KINDS, type ContentKind, contentPrefix } from "../storage/keys.ts";
import { markPurged } from "../storage/purges.ts";
import type { Counts } from "./counts.ts";

/**
 * Deletes all that was made of a content, in every style and size. A mark has no data centre's copies found any more; what is just being
 * drawn has the old names, and is deleted when this is done again.
 *
 * @param now milliseconds since 1970
 * @throws where the storage is away
 */
export async function eraseContent(
  bucket: R2Bucket,
  contentHash: string,
  now: number,
): Promise<Partial<Counts>> {
  await markPurged(bucket, [{ kind: "content", name: contentHash }], now);
  return sweepContent(bucket, contentHash);
}

/** The same for what was made before a mark that is there. */
export async function sweepContent(bucket: R2Bucket, contentHash: string): Promise<Partial<Counts>> {
  const counts: Record<ContentKind, number> = { masters: 0, variants: 0, mattes: 0, verdicts: 0 };
  for (const kind of CONTENT_KINDS) counts[kind] = await deleteAll(bucket, contentPrefix(kind, contentHash));
  const { verdicts: _, ...told } = counts; // they are no pictures
  return told;
}

/** R2 lists, and deletes, a thousand at a time. */
async function deleteAll(bucket: R2Bucket, prefix: string): Promise<number> {
  for (let count = 0; ; ) {
    const { objects, truncated } = await bucket.list({ prefix });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    count += objects.length;
    if (!truncated) return count;
  }
}
