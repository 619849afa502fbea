import type { AnswerFormat } from "../../contract/transform.ts";
import type { Kit } from "../kit.ts";
import { readCache, writeCache } from "../storage/edge-cache.ts";
import { readObject, sizeOfObject, writeOnce } from "../storage/objects.ts";
import type { Order } from "./order.ts";

/** A finished picture, or what is known of it, as the client gets it. */
export type Variant = {
  body: ReadableStream<Uint8Array> | Uint8Array;
  length: number | undefined;
  /** Of one that was just made: whether it could be stored, once that is known. */
  storing?: Promise<boolean>;
};

export const mediaType = (format: AnswerFormat): string =>
  format === "json" ? "application/json" : `image/${format}`;

/** The variant as stored: in this data centre's cache, else in R2, from where it goes into the cache. */
export function findVariant({ variantKey }: Order, kit: Kit): Promise<Variant | undefined> {
  return kit.timing.measure("lookup", async () => {
    const cached = await readCache(kit.cache, variantKey);
    if (cached?.body) return { body: cached.body, length: lengthOf(cached) };
    const bytes = await readObject(kit.bucket, variantKey);
    if (!bytes) return undefined;
    kit.waitUntil(writeCache(kit.cache, variantKey, bytes));
    return { body: bytes, length: bytes.byteLength };
  });
}

/** How long the stored variant is, without reading it; undefined where there is none, or nobody can say. */
export function lengthOfVariant({ variantKey }: Order, kit: Kit): Promise<number | undefined> {
  return kit.timing.measure("lookup", async () => {
    const cached = await readCache(kit.cache, variantKey);
    await cached?.body?.cancel();
    return (cached && lengthOf(cached)) ?? sizeOfObject(kit.bucket, variantKey);
  });
}

/** Stores a new variant after the answer; where that fails, it is made again from its master. */
export function storeVariant({ variantKey, format }: Order, bytes: Uint8Array, kit: Kit): Variant {
  const storing = writeOnce(kit.bucket, variantKey, bytes, mediaType(format));
  kit.waitUntil(storing);
  kit.waitUntil(writeCache(kit.cache, variantKey, bytes));
  return { body: bytes, length: bytes.byteLength, storing };
}

function lengthOf(response: Response): number | undefined {
  const length = response.headers.get("Content-Length");
  return length === null ? undefined : Number(length);
}
