import { expect, it } from "vitest";
import { parseTags } from "./tags.ts";

it.each([
  [null, []],
  ["", []],
  ["team", ["team"]],
  ["Team,TEAM, user-7 ,a:b/c", ["team", "user-7", "a:b/c"]],
  ["two words,ü,,ok", ["ok"]],
  ["x".repeat(129), []],
  ["a,b,c,d,e,f,g,h,i,j", ["a", "b", "c", "d", "e", "f", "g", "h"]],
])("an origin's Cache-Tag: %s", (header, tags) => {
  expect(parseTags(header)).toEqual(tags);
});
