import { expect, it } from "vitest";
import { matches, matchesAny } from "./etag.ts";

it.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['"b",W/"a","c"', true],
  [' "a" ', true],
  ['"b"', false],
  ['"A"', false],
  ['"b, "a", c"', false], // of which nobody can say what is quoted
  ['"x,a"', false],
  ["a", false],
  ["*", false],
  ["", false],
  [null, false],
])("If-None-Match: %s", (condition, expected) => {
  expect(matches(condition, '"a"')).toBe(expected);
});

it.each([
  ["*", true],
  [" * ", true],
  ['"*"', false],
  ['*, "a"', false],
  [null, false],
])("If-None-Match: %s is about any: %s", (condition, expected) => {
  expect(matchesAny(condition)).toBe(expected);
});
