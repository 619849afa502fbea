/** What an origin gave to ask later whether a picture is still the same. */
export type Validator = { etag: string | undefined; lastModified: string | undefined };

/** Which picture a source is, so that cached results need neither its origin nor its bytes. */
export type SourceRecord = {
  /** SHA-256 of the bytes, hexadecimal. */
  contentHash: string;
  /** The picture can carry transparency; decides what `format=auto` may answer. */
  hasAlpha: boolean;
  /** Milliseconds since 1970 until which the origin need not be asked; Infinity for uploads, which never change. */
  freshUntil: number;
  validator: Validator;
};

/** An origin that asks for less is asked every minute, one that asks for more every day. */
const LEAST_FRESH_SECONDS = 60;
const MOST_FRESH_SECONDS = 86_400;

/**
 * Until when an origin's answer holds: `s-maxage` or `max-age` between a minute and a day; what must not be kept, the minute; without
 * a word of the origin, `ttlSeconds`.
 */
export function freshUntil(cacheControl: string | null, now: number, ttlSeconds: number): number {
  return now + freshSeconds(cacheControl?.toLowerCase() ?? "", ttlSeconds) * 1000;
}

function freshSeconds(cacheControl: string, ttlSeconds: number): number {
  if (/\b(?:no-store|no-cache|private)\b/.test(cacheControl)) return LEAST_FRESH_SECONDS;
  const age =
    /\bs-maxage="?(\d{1,10})/.exec(cacheControl)?.[1] ?? /\bmax-age="?(\d{1,10})/.exec(cacheControl)?.[1];
  if (age === undefined) return ttlSeconds;
  return Math.min(MOST_FRESH_SECONDS, Math.max(LEAST_FRESH_SECONDS, Number(age)));
}

/** Reads a stored record; undefined where it is none, so that a broken one is made anew. */
export function parseRecord(value: unknown): SourceRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { contentHash, hasAlpha, freshUntil, etag, lastModified } = value as Record<string, unknown>;
  const isRecord =
    typeof contentHash === "string" &&
    /^[0-9a-f]{64}$/.test(contentHash) &&
    typeof hasAlpha === "boolean" &&
    typeof freshUntil === "number";
  if (!isRecord) return undefined;
  return {
    contentHash,
    hasAlpha,
    freshUntil,
    validator: {
      etag: typeof etag === "string" ? etag : undefined,
      lastModified: typeof lastModified === "string" ? lastModified : undefined,
    },
  };
}

/** The stored form, flat: strings without what is undefined. */
export const storedRecord = ({ contentHash, hasAlpha, freshUntil, validator }: SourceRecord) => ({
  contentHash,
  hasAlpha,
  freshUntil,
  ...validator,
});
