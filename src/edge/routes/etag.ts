/** Whether an `If-None-Match` names this entity tag, or any (RFC 9110 13.1.2: weakly compared). */
export function matches(condition: string, etag: string): boolean {
  return condition.split(",").some((part) => {
    const tag = part.trim();
    return tag === "*" || tag === etag || tag === `W/${etag}`;
  });
}
