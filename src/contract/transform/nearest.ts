import { FIELDS } from "./fields.ts";

/** Letters that may be wrong, missing or too many. */
const FAR = 2;

/** The option that somebody may have meant who wrote one that does not exist, in whatever case. */
export const nearestOption = (name: string): string | undefined => nearest(name, Object.keys(FIELDS));

/** The one of these names that somebody may have meant, in whatever case. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const text = name.trim().toLowerCase();
  const [closest] = names
    .map((name) => ({ name, distance: distance(text, name) }))
    .filter(({ distance }) => distance <= Math.min(FAR, text.length / 2))
    .sort((a, b) => a.distance - b.distance);
  return closest?.name;
}

/** Levenshtein's, row by row; FAR + 1 for texts whose lengths differ by more than FAR. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > FAR) return FAR + 1;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
