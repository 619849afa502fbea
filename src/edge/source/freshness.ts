/** Until when a picture's record may be used, in milliseconds since 1970. */
export type Freshness = {
  /** Until then nobody is asked. */
  freshUntil: number;
  /** Until then the old picture may be answered while its origin is asked. */
  revalidateUntil: number;
  /** Until then it may be answered while its origin is away or in trouble. */
  errorUntil: number;
};

/** What an origin says about how long its answer holds (RFC 9111). */
export type CacheHeaders = {
  cacheControl: string | null;
  expires: string | null;
  date: string | null;
  age: string | null;
};

/** Bounds that the operator sets, in seconds. */
export type FreshnessLimits = {
  /** Where an origin says nothing. */
  ttl: number;
  /** What an origin may ask for; what must not be kept is kept for the least. */
  minTtl: number;
  maxTtl: number;
  /** At most, and where an origin says nothing. */
  staleWhileRevalidate: number;
  staleIfError: number;
};

/** @param now milliseconds since 1970 when the answer came */
export function freshness(headers: CacheHeaders, now: number, limits: FreshnessLimits): Freshness {
  const directives = parseDirectives(headers.cacheControl ?? "");
  const freshUntil = now + freshSeconds(headers, directives, now, limits) * 1000;
  const allowance = (name: string, most: number) =>
    freshUntil + Math.min(most, staleSeconds(directives, name) ?? most) * 1000;
  return {
    freshUntil,
    revalidateUntil: allowance("stale-while-revalidate", limits.staleWhileRevalidate),
    errorUntil: allowance("stale-if-error", limits.staleIfError),
  };
}

function freshSeconds(
  headers: CacheHeaders,
  directives: Directives,
  now: number,
  { ttl, minTtl, maxTtl }: FreshnessLimits,
): number {
  if (["no-store", "no-cache", "private"].some((name) => directives.has(name))) return minTtl;
  const lifetime = seconds(directives, "s-maxage") ?? seconds(directives, "max-age") ?? expiry(headers, now);
  if (lifetime === undefined) return ttl;
  const age = /^\d{1,10}$/.test(headers.age ?? "") ? Number(headers.age) : 0; // spent in caches on the way
  return Math.min(maxTtl, Math.max(minTtl, lifetime - age));
}

/** Expires minus Date, both being the origin's clock; what is no date, such as 0, has passed (RFC 9111 5.3). */
function expiry({ expires, date }: CacheHeaders, now: number): number | undefined {
  if (expires === null) return undefined;
  const [until, from] = [Date.parse(expires), Date.parse(date ?? "")];
  if (Number.isNaN(until) || /^\d+$/.test(expires.trim())) return 0;
  return (until - (Number.isNaN(from) ? now : from)) / 1000;
}

/** What an origin allows beyond freshness; undefined where it says nothing (RFC 9111 4.2.4, RFC 5861). */
function staleSeconds(directives: Directives, name: string): number | undefined {
  const forbids = ["no-store", "no-cache", "private", "must-revalidate", "proxy-revalidate"];
  if (forbids.some((directive) => directives.has(directive))) return 0;
  return seconds(directives, name) ?? (directives.has("s-maxage") ? 0 : undefined);
}

/** Name, in lower case → argument, unquoted; empty where there is none. */
type Directives = Map<string, string>;

/** The first of equal names counts; a quoted argument may contain commas, and what looks like other directives. */
function parseDirectives(text: string): Directives {
  const directives: Directives = new Map();
  for (const [, name = "", argument = ""] of text.matchAll(/([\w-]+)(?:=("(?:[^"\\]|\\.)*"|[^\s,;]*))?/g)) {
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, argument.replace(/^"(.*)"$/, "$1"));
  }
  return directives;
}

/** Undefined where the directive is not there, or its argument no number; what is too large counts as the largest. */
function seconds(directives: Directives, name: string): number | undefined {
  const argument = directives.get(name) ?? "";
  return /^\d+$/.test(argument) ? Math.min(Number(argument), 2 ** 31) : undefined;
}
