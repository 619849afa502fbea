import { parseVerdict, type Verdict } from "../moderation/client.ts";
import { logStorage, readObject } from "./objects.ts";
import { Recent } from "./recent.ts";

/** A verdict, and until when it holds (milliseconds since 1970). */
type Kept = { verdict: Verdict; until: number };

const recent = new Recent<Kept>(2_000);

/** Seconds. A refusal may be a mistake that somebody puts right; what was allowed is drawn then, and not asked about again. */
const REFUSED = 3_600;
const ALLOWED = 30 * 86_400;

/** The operator's verdict on a picture, by its content, whatever source it came from. */
export async function readVerdict(bucket: R2Bucket, key: string, now: number): Promise<Verdict | undefined> {
  const known = recent.get(key);
  if (known && now < known.until) return known.verdict;
  const kept = await readKept(bucket, key); // another isolate may have asked since
  if (!kept || now >= kept.until) return undefined;
  recent.set(key, kept);
  return kept.verdict;
}

/** Where the store is away, this isolate at least remembers it. */
export async function writeVerdict(
  bucket: R2Bucket,
  key: string,
  verdict: Verdict,
  now: number,
): Promise<void> {
  const kept = { verdict, until: now + (verdict.allow ? ALLOWED : REFUSED) * 1000 };
  recent.set(key, kept);
  try {
    const httpMetadata = { contentType: "application/json" };
    await bucket.put(key, JSON.stringify({ ...verdict, until: kept.until }), { httpMetadata });
  } catch (error) {
    logStorage("write", key, error);
  }
}

async function readKept(bucket: R2Bucket, key: string): Promise<Kept | undefined> {
  const bytes = await readObject(bucket, key);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const verdict = parseVerdict(value);
    const until = (value as { until?: unknown }).until;
    return verdict && typeof until === "number" ? { verdict, until } : undefined;
  } catch (error) {
    logStorage("parse", key, error);
    return undefined;
  }
}
