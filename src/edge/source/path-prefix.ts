/** Segments of a path, percent-decoded once, as bytes: a segment is compared by what its server makes of it. */
export type PathPrefix = readonly string[];

/**
 * Whether a path lies at or below a prefix, segment by segment: `/photos` admits `/photos` and `/photos/a.jpg`, not `/photos-private`.
 * Takes a URL's `pathname`, in which `..` and `%2e%2e` are resolved already. What servers may resolve once more, each in its own way, lies
 * nowhere: encoded slashes and backslashes, dots that are encoded twice, `..;`.
 */
export function isBelow(pathname: string, prefix: PathPrefix): boolean {
  if (prefix.length === 0) return true;
  const segments = segmentsOf(pathname);
  return segments !== undefined && prefix.every((segment, at) => segments[at] === segment);
}

/** @returns undefined where it is no plain path */
export function parsePrefix(pathname: string): PathPrefix | undefined {
  const segments = segmentsOf(pathname.replace(/\/$/, ""));
  return segments?.includes("") ? undefined : segments;
}

function segmentsOf(pathname: string): string[] | undefined {
  const raw = pathname.split("/").slice(1); // a pathname begins with a slash
  return raw.every(isPlain) ? raw.map(decodeBytes) : undefined;
}

/** Layers of encoding that are looked behind: a server, a proxy and a framework may each take one off. */
const LAYERS = 3;

function isPlain(segment: string): boolean {
  let text = segment;
  for (let layer = 0; layer <= LAYERS; layer++) {
    // Parameters of a segment follow a semicolon; servers that know them resolve `..;x` as `..`.
    if (/[/\\\p{Cc}]/u.test(text) || /^\.{1,2}(?:;|$)/.test(text)) return false;
    const decoded = decodeBytes(text);
    if (decoded === text) return true;
    text = decoded;
  }
  return false;
}

/** A character for each byte, so that whatever is no UTF-8 can be compared as well. */
const decodeBytes = (text: string) =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
