import type { Failure } from "../../contract/problem.ts";
import { readCache, writeCache } from "./edge-cache.ts";
import { Recent } from "./recent.ts";

/** A failure as it is remembered; times in milliseconds since 1970. */
export type Remembered = { failure: Failure; at: number; until: number };

/**
 * Failures, by the key of the record or the master that could not be made, so that pages which ask for a missing picture do not have its
 * origin asked each time: for seconds, in this isolate and in this data centre's cache. A key is the hash of one source, or of one
 * content, so that nothing fails for another.
 */
const recent = new Recent<Remembered>(1_000);

export async function recallFailure(cache: Cache, key: string, now: number): Promise<Remembered | undefined> {
  const known = recent.get(key);
  if (known && now < known.until) return known;
  const cached = await readCache(cache, entry(key)); // another isolate may have seen it fail again
  if (!cached) return undefined;
  const remembered: Remembered = await cached.json();
  recent.set(key, remembered);
  return now < remembered.until ? remembered : undefined;
}

/** @param seconds 0 remembers nothing */
export async function rememberFailure(
  cache: Cache,
  key: string,
  failure: Failure,
  now: number,
  seconds: number,
): Promise<void> {
  if (seconds === 0) return;
  const remembered = { failure, at: now, until: now + seconds * 1000 };
  recent.set(key, remembered);
  await writeCache(cache, entry(key), new TextEncoder().encode(JSON.stringify(remembered)), {
    maxAge: seconds,
  });
}

/** Once a source has answered. What other isolates remember ends by itself. */
export const forgetFailure = (key: string): void => recent.delete(key);

const entry = (key: string) => `failures/${key}`;
