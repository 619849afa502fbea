import { describe, expect, it } from "vitest";
import { breadth, checkSource, parseSourcePolicy, type SourcePolicy } from "./source-policy.ts";

function policyOf(patterns: string): SourcePolicy {
  const parsed = parseSourcePolicy(patterns);
  if (!parsed.ok) throw new Error(parsed.complaint);
  return parsed.policy;
}

const allows = (patterns: string, url: string) => checkSource(new URL(url), policyOf(patterns)).ok;

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
  ])("%s refuses %s", (patterns, url) => {
    expect(allows(patterns, url)).toBe(false);
  });

  it.each([
    "https://example.com",
    "example.com/photos",
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
