/** Visible ASCII without commas. Case does not count, as in Cloudflare's `Cache-Tag`. */
export const TAG = /^[!-+\--~]{1,128}$/;

/** A name that sources may share, to be purged together; undefined where the text is none. */
export function parseTag(text: string): string | undefined {
  const tag = text.trim().toLowerCase();
  return TAG.test(tag) ? tag : undefined;
}
