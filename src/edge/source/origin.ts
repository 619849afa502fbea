import type { Origin } from "../../contract/source.ts";
import { checkBucket, type SourceBucket } from "./buckets.ts";
import type { Fetched } from "./fetched.ts";
import { type GuardedFetch, guardedFetch } from "./guarded-fetch.ts";
import { fetchObject } from "./object-fetch.ts";
import type { Validator } from "./record.ts";

/** All places that pictures are fetched from, and what may be fetched there. */
export type Origins = GuardedFetch & {
  buckets: readonly SourceBucket[];
  /** The R2 bucket that a binding stands for. */
  bucket: (binding: string) => R2Bucket;
};

/** Asks for a picture's bytes; with a validator, the answer may be that nothing changed. */
export function askOrigin(
  source: Origin,
  validator: Validator | undefined,
  origins: Origins,
): Promise<Fetched> {
  if (source.kind === "url") return guardedFetch(source.url, validator, origins);
  const allowed = checkBucket(source, origins.buckets);
  if (!allowed.ok) return Promise.resolve(allowed);
  return fetchObject(origins.bucket(allowed.binding), source.key, validator, origins.timeout);
}
