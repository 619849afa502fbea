import { SHA256 } from "../../contract/names.ts";
import { isRecord } from "../../contract/record.ts";
import type { Freshness } from "./freshness.ts";

/** What an origin gave to ask later whether a picture is still the same. */
export type Validator = { etag: string | undefined; lastModified: string | undefined };

/** A source, as Cloudflare Images' `format=json` tells of it: bytes, upright pixels, media type. */
export type Original = { file_size: number; width: number; height: number; format: string };

/** Which picture a source is, so that cached results need neither its origin nor its bytes. */
export type SourceRecord = Freshness & {
  /** SHA-256 of the bytes, hexadecimal. */
  contentHash: string;
  /** The picture can carry transparency; decides what `format=auto` may answer. */
  hasAlpha: boolean;
  /** Records of before it was kept have none. */
  original?: Original | undefined;
  /** Pixels of the picture that there is memory to show beyond the working size, or 0; with `original`. */
  room?: number | undefined;
  /** Milliseconds since 1970 when the origin was asked: purges from then on make the record worthless. */
  askedAt: number;
  validator: Validator;
  /** By which the picture can be purged. */
  tags: readonly string[];
};

/**
 * Of an upload, which never changes and whose content nobody needs to ask for.
 *
 * @param until milliseconds since 1970 when it expires, so that no cache shows it longer; Infinity for ever
 */
export const uploadRecord = (
  picture: Pick<SourceRecord, "contentHash" | "hasAlpha" | "original" | "room">,
  until: number,
): SourceRecord => ({
  ...picture,
  ...{ freshUntil: until, revalidateUntil: until, errorUntil: until },
  askedAt: Number.POSITIVE_INFINITY,
  validator: { etag: undefined, lastModified: undefined },
  tags: [],
});

/** Reads a stored record; undefined where it is none, so that a broken one is made anew. */
export function parseRecord(value: unknown): SourceRecord | undefined {
  if (!isRecord(value)) return undefined;
  const { contentHash, hasAlpha, original, room, etag, lastModified, tags, ...times } = value;
  const { freshUntil, revalidateUntil, errorUntil, askedAt } = times;
  if (
    typeof contentHash !== "string" ||
    !SHA256.test(contentHash) ||
    typeof hasAlpha !== "boolean" ||
    typeof freshUntil !== "number" ||
    typeof revalidateUntil !== "number" ||
    typeof errorUntil !== "number" ||
    typeof askedAt !== "number" ||
    !Array.isArray(tags) ||
    !tags.every((tag) => typeof tag === "string")
  ) {
    return undefined;
  }
  return {
    contentHash,
    hasAlpha,
    original: parseOriginal(original),
    room: room === 0 || isWhole(room) ? room : undefined,
    freshUntil,
    revalidateUntil,
    errorUntil,
    askedAt,
    tags,
    validator: {
      etag: typeof etag === "string" ? etag : undefined,
      lastModified: typeof lastModified === "string" ? lastModified : undefined,
    },
  };
}

/** Reads what is kept of a source beside its content; undefined where it is not, or not all. */
export function parseOriginal(value: unknown): Original | undefined {
  if (!isRecord(value)) return undefined;
  const { file_size, width, height, format } = value;
  if (!isWhole(file_size) || !isWhole(width) || !isWhole(height) || typeof format !== "string")
    return undefined;
  return { file_size, width, height, format };
}

const isWhole = (number: unknown): number is number => Number.isSafeInteger(number) && Number(number) > 0;

/** The stored form, flat: without what is undefined, once it is JSON. */
export const storedRecord = ({ validator, ...record }: SourceRecord) => ({ ...record, ...validator });
