import { describe, expect, it } from "vitest";
import { type CacheHeaders, freshness } from "./freshness.ts";

const LIMITS = { ttl: 3600, minTtl: 60, maxTtl: 86_400, staleWhileRevalidate: 600, staleIfError: 7200 };
const NOW = 1_000_000;

/** Seconds from now on. */
function held(headers: Partial<CacheHeaders>, limits = LIMITS) {
  const none = { cacheControl: null, expires: null, date: null, age: null };
  const times = freshness({ ...none, ...headers }, NOW, limits);
  const seconds = (until: number) => (until - NOW) / 1000;
  const fresh = seconds(times.freshUntil);
  return {
    fresh,
    whileRevalidate: seconds(times.revalidateUntil) - fresh,
    ifError: seconds(times.errorUntil) - fresh,
  };
}

describe("an origin's answer holds", () => {
  it.each([
    [null, LIMITS.ttl],
    ["public", LIMITS.ttl],
    ["max-age=600", 600],
    ["Max-Age=600, public", 600],
    ['max-age="600"', 600],
    ["s-maxage=120, max-age=600", 120],
    ["max-age=600, s-maxage=120", 120],
    ["max-age=600,max-age=700", 600],
    ['ext="max-age=700, no-store", max-age=600', 600],
    ["x-max-age=700, max-age=600", 600],
    ["max-age=0", 60],
    ["max-age=5", 60],
    ["max-age=31536000, immutable", 86_400],
    ["max-age=99999999999999999999", 86_400],
    ["no-store", 60],
    ["private, max-age=600", 60],
    ['private="set-cookie", max-age=600', 60],
    ["no-cache", 60],
    ["max-age=soon", LIMITS.ttl],
  ])("with Cache-Control: %s for %d seconds", (cacheControl, seconds) => {
    expect(held({ cacheControl }).fresh).toBe(seconds);
  });

  const date = "Wed, 25 Nov 2026 10:00:00 GMT";
  it.each<[Partial<CacheHeaders>, number]>([
    [{ expires: "Wed, 25 Nov 2026 10:10:00 GMT", date }, 600], // by the origin's clock, whatever ours says
    [{ expires: "Thu, 01 Jan 1970 00:26:40 GMT" }, 600], // by ours, where the origin tells none
    [{ expires: "Wed, 25 Nov 2026 09:00:00 GMT", date }, 60],
    [{ expires: "0", date }, 60],
    [{ expires: "-1", date }, 60],
    [{ expires: "never", date }, 60],
    [{ expires: "Wed, 25 Nov 2026 10:10:00 GMT", date, cacheControl: "max-age=300" }, 300],
    [{ expires: "Wed, 25 Nov 2026 10:10:00 GMT", date, age: "200" }, 400],
    [{ cacheControl: "max-age=600", age: "100" }, 500],
    [{ cacheControl: "max-age=600", age: "5000" }, 60],
    [{ cacheControl: "max-age=600", age: "-5" }, 600],
    [{ cacheControl: "max-age=600", age: "x" }, 600],
    [{ cacheControl: "public", age: "100" }, LIMITS.ttl],
  ])("with %j for %d seconds", (headers, seconds) => {
    expect(held(headers).fresh).toBe(seconds);
  });

  it("as the operator bounds it", () => {
    const limits = { ...LIMITS, minTtl: 0, maxTtl: 100 };
    expect(held({ cacheControl: "no-store" }, limits).fresh).toBe(0);
    expect(held({ cacheControl: "max-age=600" }, limits).fresh).toBe(100);
  });
});

describe("beyond that, the old picture may be shown", () => {
  it.each([
    [null, 600, 7200],
    ["max-age=60", 600, 7200],
    ["max-age=60, stale-while-revalidate=30, stale-if-error=40", 30, 40],
    ["max-age=60, stale-while-revalidate=99999, stale-if-error=99999", 600, 7200],
    ["max-age=60, stale-if-error=0", 600, 0],
    ["max-age=60, must-revalidate", 0, 0],
    ["max-age=60, proxy-revalidate, stale-if-error=40", 0, 0],
    ["no-cache", 0, 0],
    ["no-store, stale-while-revalidate=30", 0, 0],
    ["private", 0, 0],
    ["s-maxage=60", 0, 0], // which says proxy-revalidate too (RFC 9111 5.2.2.10)
    ["s-maxage=60, stale-while-revalidate=30", 30, 0],
  ])(
    "with %s for %d seconds while it is asked for, %d while its origin is away",
    (cacheControl, while_, if_) => {
      expect(held({ cacheControl })).toMatchObject({ whileRevalidate: while_, ifError: if_ });
    },
  );
});
