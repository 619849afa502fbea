import type { AnswerFormat } from "../../contract/transform.ts";
import type { Kit } from "../kit.ts";
import { readCache, writeCache } from "../storage/edge-cache.ts";
import { headObject, type Metadata, readWhole, writeOnce } from "../storage/objects.ts";
import type { Order } from "./order.ts";

/** A finished picture, or what is known of it, as the client gets it. */
export type Variant = {
  body: ReadableStream<Uint8Array> | Uint8Array;
  length: number | undefined;
  /** How many were found in the picture; undefined where nobody has looked for any. */
  faces: number | undefined;
  /** Of one that was just made: whether it could be stored, once that is known. */
  storing?: Promise<boolean>;
};

export const mediaType = (format: AnswerFormat): string =>
  format === "json" ? "application/json" : `image/${format}`;

/** The variant as stored: in this data centre's cache, else in R2, from where it goes into the cache. */
export function findVariant({ variantKey }: Order, kit: Kit): Promise<Variant | undefined> {
  return kit.timing.measure(
    "lookup",
    async () => {
      const cached = await readCache(kit.cache, variantKey);
      if (cached?.body) return { body: cached.body, ...toldOf(cached) };
      const stored = await readWhole(kit.bucket, variantKey);
      if (!stored) return undefined;
      const { bytes, metadata } = stored;
      kit.waitUntil(writeCache(kit.cache, variantKey, bytes, { told: metadata }));
      return { body: bytes, length: bytes.byteLength, faces: wholeNumber(metadata[FACES]) };
    },
    "variant",
  );
}

/** What is known of the stored variant without reading it; undefined where there is none, or nobody can say. */
export function headOfVariant({ variantKey }: Order, kit: Kit): Promise<Omit<Variant, "body"> | undefined> {
  return kit.timing.measure(
    "lookup",
    async () => {
      const cached = await readCache(kit.cache, variantKey);
      await cached?.body?.cancel();
      const told = cached && toldOf(cached);
      if (told?.length !== undefined) return told;
      const stored = await headObject(kit.bucket, variantKey);
      return stored && { length: stored.size, faces: wholeNumber(stored.metadata[FACES]) };
    },
    "variant",
  );
}

/** Stores a new variant after the answer; where that fails, it is made again from its master. */
export function storeVariant(
  { variantKey, format }: Order,
  bytes: Uint8Array,
  faces: number | undefined,
  kit: Kit,
): Variant {
  const metadata: Metadata = faces === undefined ? {} : { [FACES]: `${faces}` };
  const storing = writeOnce(kit.bucket, variantKey, bytes, mediaType(format), metadata);
  kit.waitUntil(storing);
  kit.waitUntil(writeCache(kit.cache, variantKey, bytes, { told: metadata }));
  return { body: bytes, length: bytes.byteLength, faces, storing };
}

/** R2's metadata of a variant, the header of its copy in the cache, and of the answer. */
export const FACES = "stylegate-faces";

const toldOf = ({ headers }: Response) => ({
  length: wholeNumber(headers.get("Content-Length")),
  faces: wholeNumber(headers.get(FACES)),
});

const wholeNumber = (text: string | null | undefined) =>
  text !== null && text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
