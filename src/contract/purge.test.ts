import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePurge } from "./purge.ts";

describe("a purge", () => {
  it("names sources, styles and tags", () => {
    const text = JSON.stringify({
      sources: ["https://example.com/a.jpg?v=1", "r2:photos/a.jpg", `upload:${"a".repeat(22)}`],
      styles: ["handdrawn"],
      tags: ["Team", "user-7"],
    });
    const parsed = parsePurge(text);
    if (!parsed.ok) throw new Error(parsed.detail);
    expect(parsed.purge.sources.map(({ kind }) => kind)).toEqual(["url", "r2", "upload"]);
    expect(parsed.purge).toMatchObject({ styles: ["handdrawn"], tags: ["team", "user-7"] });
  });

  it("may name one alone", () => {
    expect(parsePurge('{"tags":["a"]}')).toEqual({
      ok: true,
      purge: { sources: [], styles: [], tags: ["a"] },
    });
  });

  it.each([
    "",
    "null",
    "[]",
    '"tags"',
    "{}",
    '{"tags":[]}',
    '{"tags":"a"}',
    '{"tags":[1]}',
    '{"tags":null,"styles":[null]}',
    '{"tags":["two words"]}',
    '{"tags":[""]}',
    '{"styles":["nobody"]}',
    '{"styles":["constructor"]}',
    '{"sources":["me.jpg"]}',
    '{"sources":["ftp://example.com/a.jpg"]}',
    '{"tag":["a"]}',
    '{"everything":true}',
    '{"__proto__":["a"],"tags":["a"]}',
    JSON.stringify({ tags: Array.from({ length: 101 }, (_, at) => `t${at}`) }),
  ])("is not %s", (text) => {
    expect(parsePurge(text)).toMatchObject({
      ok: false,
      code: "invalid_purge",
      detail: expect.stringMatching(/^["A-Z].*\.$/s),
    });
  });

  it("is read or refused, never thrown at", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePurge(text)));
  });
});
