import { orUnavailable } from "./available.ts";
import { purgeKey } from "./keys.ts";
import { logStorage } from "./objects.ts";
import { Recent } from "./recent.ts";

/** What can be purged: everything made of a source, in a style, of sources with a tag, or of a content that is erased. */
export type Purgeable = { kind: "source" | "style" | "tag" | "content"; name: string };

/**
 * A purge is a mark with its time. Records from before it are worthless, and the time is part of the names of masters and variants, so that
 * those from before are not found any more, in no data centre's cache either; nothing is searched for or deleted. The marks are read
 * with every request, hence remembered for as long as a purge may take to be known everywhere: by their keys, which unlike URLs are short.
 */
const seen = new Recent<{ at: number; until: number }>(5_000);

/** Seconds until every isolate knows of a purge. */
export const PURGE_DELAY_SECONDS = 30;

/** Marks all of them as purged now. @throws ProblemError where that could not be stored */
export async function markPurged(
  bucket: R2Bucket,
  subjects: readonly Purgeable[],
  now: number,
): Promise<void> {
  await Promise.all(
    subjects.map(async (subject) => {
      const key = await purgeKey(subject.kind, subject.name);
      await orUnavailable("write", key, () => bucket.put(key, "", { customMetadata: { at: `${now}` } }));
      remember(key, now, now);
    }),
  );
}

/** When any of them was purged last, in milliseconds since 1970; 0 where none was, as far as the store tells. */
export async function lastPurge(
  bucket: R2Bucket,
  subjects: readonly Purgeable[],
  now: number,
): Promise<number> {
  return Math.max(0, ...(await Promise.all(subjects.map((subject) => purgeOf(bucket, subject, now)))));
}

async function purgeOf(bucket: R2Bucket, subject: Purgeable, now: number): Promise<number> {
  const key = await purgeKey(subject.kind, subject.name);
  const known = seen.get(key);
  if (known && now < known.until) return known.at;
  try {
    const mark = await bucket.head(key);
    return remember(key, Number(mark?.customMetadata?.at ?? 0), now);
  } catch (error) {
    logStorage("head", key, error);
    return known?.at ?? 0; // a store that is away must not undo a purge
  }
}

function remember(key: string, at: number, now: number): number {
  seen.set(key, { at, until: now + PURGE_DELAY_SECONDS * 1000 });
  return at;
}
