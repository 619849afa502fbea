import { parseTag } from "../../contract/tag.ts";

/** Tags of a picture that are kept; each costs an isolate a read every time it looks for purges. */
const MOST_TAGS = 8;

/** Of an origin's `Cache-Tag`; what is no tag, and what is too much, is left out. */
export function parseTags(header: string | null): string[] {
  const tags = (header ?? "").split(",").flatMap((text) => parseTag(text) ?? []);
  return [...new Set(tags)].slice(0, MOST_TAGS);
}
