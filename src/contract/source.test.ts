import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSource, spellSource } from "./source.ts";

const ID = "abcdefghijklmnopqrstuv";

const hrefOf = (raw: string) => {
  const result = parseSource(raw);
  return result.ok && result.source.kind === "url" ? result.source.url.href : result;
};

describe("parseSource", () => {
  it.each([
    ["https://example.com/me.jpg", "https://example.com/me.jpg"],
    ["http://example.com/a//b/me.jpg?v=1&w=//x", "http://example.com/a//b/me.jpg?v=1&w=//x"],
    ["https:/example.com/me.jpg", "https://example.com/me.jpg"],
    ["HTTPS://EXAMPLE.com/Me.jpg", "https://example.com/Me.jpg"],
    ["https%3A%2F%2Fexample.com%2Fme.jpg%3Fv%3D1", "https://example.com/me.jpg?v=1"],
    ["https%3a%2f%2fexample.com%2fa%2520b.jpg", "https://example.com/a%20b.jpg"],
    ["https%3A%2F%2Fexample.com%2Fa%20b.jpg%3Fq%3Dc%20d%20", "https://example.com/a%20b.jpg?q=c%20d%20"],
    ["https://example.com/a b.jpg", "https://example.com/a%20b.jpg"], // as a purge may have it
    ["https://example.com/a%2Fb%20c.jpg", "https://example.com/a%2Fb%20c.jpg"],
    ["https://example.com/https://other.com/x.jpg", "https://example.com/https://other.com/x.jpg"],
    ["https://bücher.example/ü.jpg", "https://xn--bcher-kva.example/%C3%BC.jpg"],
    ["http://0x7f.1/x", "http://127.0.0.1/x"],
  ])("reads %s", (raw, href) => {
    expect(hrefOf(raw)).toBe(href);
  });

  it.each(["upload:", "upload%3A", "upload%3a"])("reads an id after %s", (prefix) => {
    expect(parseSource(prefix + ID)).toEqual({ ok: true, source: { kind: "upload", id: ID } });
  });

  it.each([
    ["r2:photos/me.jpg", "photos", "me.jpg"],
    ["r2:photos/2026/me%20and%20you.jpg", "photos", "2026/me and you.jpg"],
    ["r2%3Aphotos%2F2026%2Fme.jpg", "photos", "2026/me.jpg"],
    ["r2:photos/a%2Fb.jpg", "photos", "a/b.jpg"],
    ["r2:photos/%252e%252e/x.jpg", "photos", "%2e%2e/x.jpg"], // decoded once: to R2 these are no dots
    ["r2:photos/%3Fa%3D1.jpg", "photos", "?a=1.jpg"],
    ["r2:photos/.hidden/a..jpg", "photos", ".hidden/a..jpg"],
    ["r2:p/%C3%BC.jpg", "p", "ü.jpg"],
    ["r2:p/ü.jpg", "p", "ü.jpg"],
  ])("reads the object %s", (raw, bucket, key) => {
    expect(parseSource(raw)).toEqual({ ok: true, source: { kind: "r2", bucket, key } });
  });

  it("reads back what it spelled", () => {
    const object = fc
      .tuple(
        fc.constantFrom("photos", "p-2"),
        fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1 }),
      )
      .map(([bucket, parts]) => `r2:${bucket}/${parts.map(encodeURIComponent).join("/")}`);
    fc.assert(
      fc.property(
        fc.oneof(object, fc.webUrl({ withQueryParameters: true }), fc.constant(`upload:${ID}`)),
        (raw) => {
          const read = parseSource(raw);
          if (read.ok) expect(parseSource(spellSource(read.source))).toEqual(read);
        },
      ),
    );
  });

  it.each([
    "",
    "me.jpg",
    "/me.jpg",
    "//example.com/me.jpg",
    "ftp://example.com/me.jpg",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "https:example.com",
    "https:///example.com/me.jpg",
    "https://",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://allowed.com@evil.com/",
    "https://example.com\\@evil.com/",
    "https:\\\\evil.com",
    "https://example.com:99999/",
    "https://exa mple.com/",
    "https://example.com /",
    "https:// example.com/",
    " https://example.com/",
    "https%3A%2F%2Fexample.com%09%2F",
    "https%3A%2F%2Fexample.com%2Fa%C2%A0b",
    "https%3A%2F%2Fexample.com%2Fme.jpg?v=1",
    "https%3A%2F%2Fexample.com%2F%zz",
    "https%253A%252F%252Fexample.com",
    "https%3A%2F%2Fexample.com%0d%0aX-Evil:1",
    `https://example.com/${"a".repeat(5000)}`,
    "upload:",
    "upload:../sources/x",
    `upload:${ID}x`,
    `upload:${ID}?x=1`,
    `upload:${ID}/..`,
    "r2:",
    "r2:photos",
    "r2:photos/",
    "r2:/me.jpg",
    "r2:photos//me.jpg",
    "r2:photos/a/",
    "r2:photos/../secrets/x",
    "r2:photos/a/%2e%2e/x",
    "r2:photos/.",
    "r2:photos/a%2f..%2fb",
    "r2:photos/a%5cb",
    "r2:photos/a%00b",
    "r2:photos/a%0d%0ab",
    "r2:photos/a%zz",
    "r2:photos/a%ff",
    "r2:photos/\ud800", // which a purge's JSON can spell
    "r2:photos/me.jpg?v=1",
    "r2:Photos/me.jpg",
    "r2:photos.example/me.jpg",
    "r2:../x",
    "r2%253Aphotos/x",
    "R2:photos/x",
    `r2:photos/${"ü".repeat(513)}`,
  ])("refuses %j", (raw) => {
    expect(parseSource(raw)).toMatchObject({ ok: false, code: "invalid_source" });
  });

  it.each([
    ["https://example.com/a\\b", "a backslash"],
    ["https%3A%2F%2Fexample.com%2Fa%0Ab", "U+000A"],
    ["https%3A%2F%2Fexample.com%2Fa%E3%80%80b", "U+3000"],
  ])("names what must be encoded in %j", (raw, name) => {
    expect(parseSource(raw)).toMatchObject({ detail: expect.stringContaining(name) });
  });

  it("says how a bucket's name is written", () => {
    expect(parseSource("r2:Photos/me.jpg")).toMatchObject({ detail: expect.stringContaining("lower-case") });
  });

  it.each(["https%3A%2F%2Fexample.com%2Fme.jpg?utm=1", "r2:photos/me.jpg?v=1"])(
    "says that the query of %s is in the wrong place",
    (raw) => {
      expect(parseSource(raw)).toMatchObject({ detail: expect.stringMatching(/^A query follows.*%3F/) });
    },
  );

  it("reads a URL percent-encoded as a whole as it reads it raw", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        expect(hrefOf(encodeURIComponent(url))).toEqual(hrefOf(url));
      }),
    );
  });

  it("never throws, and gives nothing but http and https", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `http://${rest}`),
        ),
        (raw) => {
          const result = parseSource(raw);
          if (result.ok && result.source.kind === "url")
            expect(result.source.url.protocol).toMatch(/^https?:$/);
        },
      ),
    );
  });
});
