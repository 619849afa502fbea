import { describe, expect, it } from "vitest";
import { parseRecord, storedRecord } from "./record.ts";

describe("a stored record", () => {
  const record = {
    contentHash: "ab".repeat(32),
    hasAlpha: true,
    original: { file_size: 1234, width: 64, height: 48, format: "image/png" },
    freshUntil: 1_700_000_000_000,
    revalidateUntil: 1_700_000_001_000,
    errorUntil: 1_700_000_002_000,
    askedAt: 1_699_999_999_000,
    tags: ["team", "2026"],
    validator: { etag: '"x"', lastModified: undefined },
  };

  it("is read back as it was", () => {
    expect(parseRecord(JSON.parse(JSON.stringify(storedRecord(record))))).toEqual(record);
  });

  it.each([undefined, {}, { ...record.original, width: 0 }, { ...record.original, format: 1 }])(
    "is one without what is known of the original where that is %j",
    (original) => {
      expect(parseRecord({ ...storedRecord(record), original })).toEqual({ ...record, original: undefined });
    },
  );

  it.each([
    null,
    1,
    [],
    {},
    { ...storedRecord(record), contentHash: "x" },
    { ...storedRecord(record), freshUntil: "x" },
    { ...storedRecord(record), errorUntil: undefined },
    { ...storedRecord(record), askedAt: null },
    { ...storedRecord(record), tags: "team" },
    { ...storedRecord(record), tags: [1] },
  ])("is none where it is %j", (value) => {
    expect(parseRecord(value)).toBeUndefined();
  });
});
