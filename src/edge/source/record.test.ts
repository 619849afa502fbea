import { describe, expect, it } from "vitest";
import { freshUntil, parseRecord, storedRecord } from "./record.ts";

const TTL = 3600;

it.each([
  [null, TTL],
  ["public", TTL],
  ["max-age=600", 600],
  ["Max-Age=600, public", 600],
  ['max-age="600"', 600],
  ["s-maxage=120, max-age=600", 120],
  ["max-age=0", 60],
  ["max-age=5", 60],
  ["max-age=31536000, immutable", 86_400],
  ["max-age=99999999999999999999", 86_400],
  ["no-store", 60],
  ["private, max-age=600", 60],
  ["no-cache", 60],
  ["max-age=soon", TTL],
])("an origin's %s holds for %d seconds", (cacheControl, seconds) => {
  expect(freshUntil(cacheControl, 1_000_000, TTL)).toBe(1_000_000 + seconds * 1000);
});

describe("a stored record", () => {
  const record = {
    contentHash: "ab".repeat(32),
    hasAlpha: true,
    freshUntil: 1_700_000_000_000,
    validator: { etag: '"x"', lastModified: undefined },
  };

  it("is read back as it was", () => {
    expect(parseRecord(JSON.parse(JSON.stringify(storedRecord(record))))).toEqual(record);
  });

  it.each([
    null,
    1,
    [],
    {},
    { ...storedRecord(record), contentHash: "x" },
    { ...storedRecord(record), freshUntil: "x" },
  ])("is none where it is %j", (value) => {
    expect(parseRecord(value)).toBeUndefined();
  });
});
