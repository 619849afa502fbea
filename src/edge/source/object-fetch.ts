import { readBounded, rejection } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { log } from "../telemetry/log.ts";
import { type Fetched, fail } from "./fetched.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB } from "./probe.ts";
import type { Validator } from "./record.ts";

/**
 * A picture's bytes from a private bucket. R2's ETag is the validator; the object's own `Cache-Control` and `Expires`, and the custom
 * metadata `cache-tag`, say what an origin's headers would.
 *
 * @param timeout milliseconds for everything
 */
export async function fetchObject(
  bucket: R2Bucket,
  key: string,
  validator: Validator | undefined,
  timeout: number,
): Promise<Fetched> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const condition = validator?.etag ? { onlyIf: { etagDoesNotMatch: validator.etag } } : {};
    const object = await Promise.race([bucket.get(key, condition), rejection(signal)]);
    if (!object) return fail("source_not_found", "There is no such object in the bucket.");
    const headers = headersOf(object);
    if (!("body" in object)) return { ok: true, changed: false, headers };
    if (object.size > MAX_PICTURE_BYTES) {
      await object.body.cancel();
      return fail("source_too_large", `The source has more than ${MAX_PICTURE_MIB} MiB.`);
    }
    const body = { headers: new Headers(), body: object.body };
    const bytes = await readBounded(body, MAX_PICTURE_BYTES, signal);
    if (!bytes) throw new Error("an object is longer than its size");
    return {
      ok: true,
      changed: true,
      bytes,
      validator: { etag: object.etag, lastModified: undefined },
      headers,
    };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    if (signal.aborted) {
      return fail("source_timeout", `The source did not arrive within ${timeout / 1000} seconds.`);
    }
    log("warn", "source_unreachable", { kind: "r2", error: String(error) });
    return fail("source_unreachable", "The source's bucket cannot be read, or broke off.");
  }
}

const headersOf = ({ httpMetadata, customMetadata }: R2Object) => ({
  cacheControl: httpMetadata?.cacheControl ?? null,
  expires: httpMetadata?.cacheExpiry?.toUTCString() ?? null,
  date: null,
  age: null,
  cacheTag: customMetadata?.["cache-tag"] ?? null,
});
