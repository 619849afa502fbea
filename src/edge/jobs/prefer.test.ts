import { describe, expect, it } from "vitest";
import { preferenceOf, prefersPicture } from "./prefer.ts";

describe("Prefer", () => {
  it.each([
    [undefined, 30_000, undefined],
    ["", 30_000, undefined],
    ["respond-async", 0, "respond-async"],
    ["Respond-Async", 0, "respond-async"],
    ["wait=10", 10_000, "wait=10"],
    ['wait="10"', 10_000, "wait=10"],
    ["wait = 10 ; x=y", 10_000, "wait=10"],
    ["wait=0", 0, "wait=0"],
    ["wait=31", 30_000, undefined],
    ["wait=-1", 30_000, undefined],
    ["wait=1e3", 30_000, undefined],
    ["wait=ten", 30_000, undefined],
    ["wait=1, wait=2", 1_000, "wait=1"],
    ["respond-async, wait=5", 5_000, "respond-async, wait=5"],
    ["return=minimal, respond-async", 0, "respond-async"],
    ["handling=lenient", 30_000, undefined],
    [", ;=,", 30_000, undefined],
  ])("%s", (header, wait, applied) => {
    expect(preferenceOf(header, 30_000)).toEqual({ wait, applied });
  });
});

describe("Accept asks for a picture before JSON", () => {
  it.each([
    [undefined, false],
    ["*/*", false],
    ["application/json", false],
    ["image/*", true],
    ["image/webp", true],
    ["IMAGE/PNG", true],
    ["image/avif,image/webp,*/*;q=0.8", true],
    ["image/*, application/json", false],
    ["image/*;q=0.9, application/json", false],
    ["application/json;q=0.1, image/*;q=0.2", true],
    ["application/json;q=0, image/*;q=0.2, */*;q=0.3", true],
    ["image/*;q=0", false],
    ["image/*;q=x", false],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true],
  ])("%s: %s", (accept, expected) => {
    expect(prefersPicture(accept)).toBe(expected);
  });
});
