import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOT_PUBLIC_HOSTS } from "../../../tests/fixtures/hosts.ts";
import { breadth, checkSource, parseSourcePolicy, type SourcePolicy } from "./source-policy.ts";

function policyOf(patterns: string): SourcePolicy {
  const parsed = parseSourcePolicy(patterns);
  if (!parsed.ok) throw new Error(parsed.complaint);
  return parsed.value;
}

const allows = (patterns: string, url: string) => checkSource(new URL(url), policyOf(patterns)).ok;

/** Where a server ends up that decodes first and resolves dots then, backslashes being slashes to it. */
function posix(path: string): string[] {
  const opened: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === "..") opened.pop();
    else if (part !== "." && part !== "") opened.push(part);
  }
  return opened;
}

describe("the source policy", () => {
  it.each([
    ["example.com", "https://example.com/a.jpg"],
    ["example.com", "http://example.com/a.jpg"],
    ["EXAMPLE.com", "http://example.com/"],
    ["bücher.example", "https://xn--bcher-kva.example/"],
    ["*.example.com", "https://photos.example.com/"],
    ["*.example.com", "https://a.b.example.com/"],
    ["example.com:8443", "https://example.com:8443/"],
    ["example.com:443", "https://example.com/"],
    ["a.com, b.com ,", "https://b.com/"],
    ["*", "https://example.org/"],
    ["*", "https://8.8.8.8/"],
    ["*,127.0.0.1:9000", "http://127.0.0.1:9000/"],
    ["127.0.0.1:9000", "http://127.0.0.1:9000/a.jpg"],
    ["127.0.0.1:9000", "http://0x7f.1:9000/a.jpg"],
    ["localhost", "http://localhost/"],
    ["[::1]:9000", "http://[::1]:9000/"],
    ["example.com/", "https://example.com/any/where.jpg"],
    ["example.com/photos", "https://example.com/photos/a.jpg?size=/../x"],
    ["example.com/photos", "https://example.com/photos"],
    ["example.com/photos/", "https://example.com/photos/a.jpg"],
    ["example.com/photos", "https://example.com/private/../photos/a.jpg"],
    ["example.com/photos", "https://example.com/%70hotos/a%20b.jpg"],
    ["example.com/photos", "https://example.com/photos/a..b/.hidden/...jpg"],
    ["example.com/photos", "https://example.com/photos/100%25.jpg"],
    [
      "example.com/fotos für alle,b.com".replaceAll(" ", "%20"),
      "https://example.com/fotos%20f%C3%BCr%20alle/a.jpg",
    ],
    ["*.example.com/a/b", "https://cdn.example.com/a/b/c.jpg"],
    ["example.com:8443/a", "https://example.com:8443/a/b.jpg"],
    ["example.com/a,example.com/b", "https://example.com/b/c.jpg"],
  ])("%s admits %s", (patterns, url) => {
    expect(allows(patterns, url)).toBe(true);
  });

  it.each([
    ["", "https://example.com/"],
    ["example.com", "https://photos.example.com/"],
    ["example.com", "https://example.com.evil.com/"],
    ["example.com", "https://notexample.com/"],
    ["example.com", "https://example.com:8443/"],
    ["example.com", "https://example.com./"],
    ["*.example.com", "https://example.com/"],
    ["*.example.com", "https://evilexample.com/"],
    ["*.example.com", "https://.example.com/"],
    ["example.com:8443", "https://example.com/"],
    ["*", "http://127.0.0.1/"],
    ["*", "http://[::ffff:127.0.0.1]/"],
    ["*", "http://2130706433/"],
    ["*", "https://example.com:8443/"],
    ["*", "http://example.com:22/"],
    ["*", "http://localhost/"],
    ["127.0.0.1:9000", "http://127.0.0.1/"],
    ["127.0.0.1:9000", "http://127.0.0.1:9001/"],
    ["example.com/photos", "https://example.com/"],
    ["example.com/photos", "https://example.com/photos-private/a.jpg"],
    ["example.com/photos", "https://example.com/Photos/a.jpg"],
    ["example.com/photos", "https://example.com//photos/a.jpg"],
    ["example.com/photos", "https://example.com/x/photos/a.jpg"],
    ["example.com/photos", "https://example.com/photos/../private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/%2e%2e/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/.%2E/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/%252e%252e/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/%25252e%25252e/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/%2525252525252e./private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/..%2fprivate/a.jpg"],
    ["example.com/photos", "https://example.com/photos%2fa.jpg"],
    ["example.com/photos", "https://example.com/photos/..%252fprivate/a.jpg"],
    ["example.com/photos", "https://example.com/photos/..%5cprivate/a.jpg"],
    ["example.com/photos", "https://example.com/photos/..;/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/..%3bx/private/a.jpg"],
    ["example.com/photos", "https://example.com/photos/a%00.jpg"],
    ["example.com/photos", "https://example.com/photos/a%0d%0a.jpg"],
    ["example.com/photos", "https://example.com/%2570hotos/a.jpg"],
    ["example.com/photos", "https://photos.example.com/photos/a.jpg"],
    ["example.com/photos", "https://example.com@evil.com/photos/a.jpg"],
    ["*.example.com/a/b", "https://cdn.example.com/a/bc"],
  ])("%s refuses %s", (patterns, url) => {
    expect(allows(patterns, url)).toBe(false);
  });

  it.each([
    "https://example.com",
    "example.com/photos?x",
    "example.com/../photos",
    "example.com/a/%2e%2e/photos",
    "example.com/a%2fb",
    "example.com//a",
    "example.com/a/*",
    "exa%6dple.com/a",
    "*example.com",
    "a.*.com",
    "user@example.com",
    "*.",
    "*.0.1",
    "exa mple.com",
    "example.com:99999",
    "example.com.",
  ])("%j is no pattern", (pattern) => {
    expect(parseSourcePolicy(pattern)).toMatchObject({
      ok: false,
      complaint: expect.stringContaining(pattern),
    });
  });

  it.each(NOT_PUBLIC_HOSTS)("* refuses %s: %s", (_, authority) => {
    expect(checkSource(new URL(`http://${authority}/a.jpg`), policyOf("*"))).toMatchObject({
      code: "source_not_allowed",
    });
  });

  it("admits below a path exactly what a file system would find there, however it is spelled", () => {
    const segment = fc.constantFrom(
      "photos",
      "private",
      "..",
      ".",
      "%2e%2e",
      "%2E.",
      "a",
      "%61",
      "",
      "..%2f",
      "%5c..",
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const url = new URL(`https://example.com/${segments.join("/")}`);
        if (!checkSource(url, policyOf("example.com/photos/a")).ok) return;
        const opened = posix(decodeURIComponent(url.pathname));
        expect(opened.slice(0, 2)).toEqual(["photos", "a"]);
      }),
    );
  });

  it.each([
    ["", "https://example.com:81/", "example.com:81 are not allowed here: ALLOWED_SOURCES names no host"],
    [
      "example.org",
      "https://example.com/",
      "example.com are not allowed here: ALLOWED_SOURCES does not name it.",
    ],
    ["*", "http://127.0.0.1/", "it is a private or reserved address, and ALLOWED_SOURCES does not name it."],
    ["example.org", "http://[fd00::1]/", "it is a private or reserved address"],
    ["*", "http://printer.local/", "it is a local name, and ALLOWED_SOURCES does not name it."],
    ["*", "https://example.com:8443/", "its port is neither 80 nor 443"],
  ])("%j says what was refused of %s, and why", (patterns, url, detail) => {
    expect(checkSource(new URL(url), policyOf(patterns))).toEqual({
      ok: false,
      code: "source_not_allowed",
      detail: expect.stringContaining(detail),
    });
  });

  it.each([
    ["", "none"],
    ["example.com", "listed"],
    ["*.example.com, 127.0.0.1:9000", "listed"],
    ["127.0.0.1:9000, *", "any"],
  ])("%j admits %s", (patterns, admitted) => {
    expect(breadth(policyOf(patterns))).toBe(admitted);
  });
});
