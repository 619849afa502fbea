/** Whether an `If-None-Match` names this entity tag (RFC 9110 13.1.2: weakly compared); `*` names none in particular. */
export function matches(condition: string | null, etag: string): boolean {
  const tags = condition?.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag.replace("W/", "") === etag);
}

/** Whether it is about any picture at all, which must be there before it can be told that it has not changed. */
export const matchesAny = (condition: string | null): boolean => condition?.trim() === "*";
