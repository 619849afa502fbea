/** Tags of a picture that are kept; each costs the first request of an isolate a read. */
const MOST_TAGS = 8;

/** Visible ASCII without commas. Case does not count, as in Cloudflare's `Cache-Tag`. */
const TAG = /^[!-+\--~]{1,128}$/;

/** @returns the tag as it is kept; undefined where it is none */
export function parseTag(text: string): string | undefined {
  const tag = text.trim().toLowerCase();
  return TAG.test(tag) ? tag : undefined;
}

/** Of an origin's `Cache-Tag`; what is no tag, and what is too much, is left out. */
export function parseTags(header: string | null): string[] {
  const tags = (header ?? "").split(",").flatMap((text) => parseTag(text) ?? []);
  return [...new Set(tags)].slice(0, MOST_TAGS);
}
