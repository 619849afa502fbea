import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayBePart, parseRange } from "./range.ts";

describe("Range", () => {
  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=0-", 0, 1000],
    ["bytes=10-19", 10, 20],
    ["bytes=990-5000", 990, 1000],
    ["bytes=-1", 999, 1000],
    ["bytes=-5000", 0, 1000],
  ])("%s of 1000 bytes are %d to before %d", (header, start, end) => {
    expect(parseRange(header, 1000)).toEqual({ kind: "part", start, end });
  });

  it.each(["bytes=1000-", "bytes=1000-1000", "bytes=999999999999999-", "bytes=-0"])(
    "%s of 1000 bytes are none",
    (header) => expect(parseRange(header, 1000)).toEqual({ kind: "none" }),
  );

  it.each([
    null,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=a-b",
    "bytes=1-2,4-5",
    `bytes=${"0-,".repeat(1000)}0-`,
    "bytes=0x1-2",
    "bytes=+1-2",
    "bytes=1.5-2",
    "bytes=1-2-3",
    "bytes=1 - 2",
    `bytes=0-${"9".repeat(400)}`,
    "items=0-1",
    "Bytes 0-1",
  ])("%j is as if it were not there", (header) => {
    expect(parseRange(header, 1000)).toEqual({ kind: "all" });
  });

  it("never leads outside, whatever it says", () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.string({ unit: fc.constantFrom(..."0123456789-,") })).map(([text]) => `bytes=${text}`),
    );
    fc.assert(
      fc.property(header, fc.nat(), (text, length) => {
        const wanted = parseRange(text, length);
        if (wanted.kind !== "part") return;
        expect(wanted.start).toBeGreaterThanOrEqual(0);
        expect(wanted.start).toBeLessThan(wanted.end);
        expect(wanted.end).toBeLessThanOrEqual(length);
      }),
    );
  });
});

it.each([
  [null, true],
  ['"a"', true],
  [' "a" ', true],
  ['W/"a"', false],
  ['"b"', false],
  ['"a", "b"', false],
  ["Wed, 25 Nov 2026 10:00:00 GMT", false],
])("If-Range: %s", (ifRange, may) => {
  expect(mayBePart(ifRange, '"a"')).toBe(may);
});
