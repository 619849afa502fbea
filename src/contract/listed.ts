/** Names that a sentence lists at most: an answer is no catalogue. */
const MOST = 10;

/** What there is to choose from, for the end of a sentence. */
export function listed(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : "";
  return names.slice(0, MOST).join(", ") + more;
}
