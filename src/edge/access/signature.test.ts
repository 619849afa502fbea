import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, codeOf, found, upload } from "../../../tests/support/workerd/ask.ts";
import { type SigningKey, sign, signedText } from "../../contract/signature.ts";

const OLD: SigningKey = { id: "old", bytes: new Uint8Array(32).fill(1) };
const NEW: SigningKey = { id: "new", bytes: new Uint8Array(64).fill(2) };
/** As SIGNING_KEYS has them: 0x01 and 0x02 over and over. */
const SIGNING_KEYS = `new:${btoa("\x02".repeat(64)).replace(/=+$/, "")},old:${btoa("\x01".repeat(32)).replace(/=+$/, "")}`;
const signing: Asked = { env: { SIGNING_KEYS } };
const NOW = Date.UTC(2026, 10, 25, 12);
const seconds = NOW / 1000;

let seed = 9000;
let source: string;

beforeEach(async () => {
  await reset();
  source = `https://photos.example.com/png?seed=${seed++}`;
  vi.spyOn(Date, "now").mockReturnValue(NOW);
});

afterEach(() => vi.restoreAllMocks());

/** A signed path, with the options in the order given and `sig` somewhere among them. */
async function signed(options: string, { key = NEW, from = source } = {}): Promise<string> {
  const all = `${options},kid=${key.id}`;
  return `/image/sig=${await sign(signedText(all, from), key)},${all}/${from}`;
}

const codeAt = async (path: string, asked = signing) => codeOf(await ask(path, asked));

describe("a signed URL is answered", () => {
  it("whatever the order of its options, and the spelling of its source", async () => {
    const path = await signed("style=handdrawn,width=40");
    const [, options = "", rest = ""] = /^\/image\/([^/]*)\/(.*)$/.exec(path) ?? [];
    const shuffled = options.split(",").reverse().join(",");
    for (const url of [
      path,
      `/image/${shuffled}/${rest}`,
      `/image/${options}/${encodeURIComponent(rest)}`,
      `/image/${options}/${rest.replace("://", ":/")}`,
    ]) {
      expect(await codeAt(url), url).toBe("ok");
    }
  });

  it("by any of the keys, and no more once its key is taken away", async () => {
    const path = await signed("style=handdrawn", { key: OLD });
    expect(await codeAt(path)).toBe("ok");
    expect(await codeAt(await signed("style=handdrawn"))).toBe("ok");
    const rotated = { env: { SIGNING_KEYS: SIGNING_KEYS.split(",")[0] ?? "" } };
    expect(await codeAt(path, rotated)).toBe("invalid_signature");
  });

  it("with short names, presets and defaults signed as they are written", async () => {
    const presets = { env: { SIGNING_KEYS, PRESETS: "small:style=handdrawn,width=30" } };
    expect(await codeAt(await signed("w=40,style=handdrawn,quality=85"))).toBe("ok");
    const path = await signed("preset=small");
    expect(await codeAt(path, presets)).toBe("ok");
    const changed = { env: { SIGNING_KEYS, PRESETS: "small:style=handdrawn,width=31", PRESETS_ONLY: "yes" } };
    expect(await codeAt(path, changed)).toBe("ok");
  });

  it("with a space in its source, and is the picture that %20 stands for", async () => {
    const spaced = `${source}&by=a b`;
    const path = await signed("style=handdrawn,width=40", { from: spaced });
    const encoded = path.replace(spaced, encodeURIComponent(spaced));
    const answer = await ask(encoded, signing);
    const same = await ask(
      await signed("style=handdrawn,width=40", { from: spaced.replace(" ", "%20") }),
      signing,
    );
    expect([answer.status, same.status, found(same)]).toEqual([200, 200, "hit"]);
    expect(same.headers.get("ETag")).toBe(answer.headers.get("ETag"));
  });

  it("for an upload, too", async () => {
    const id = await upload(readPicture("rgb.png"));
    expect(await codeAt(await signed("style=handdrawn", { from: `upload:${id}` }))).toBe("ok");
    expect(await codeAt(`/image/style=handdrawn/upload:${id}`)).toBe("signature_required");
  });

  it("only from where pictures may come", async () => {
    expect(
      await codeAt(await signed("style=handdrawn"), { env: { SIGNING_KEYS, ALLOWED_SOURCES: "" } }),
    ).toBe("source_not_allowed");
    const inside = await signed("style=handdrawn", { from: "http://169.254.169.254/" });
    expect(await codeAt(inside)).toBe("source_not_allowed");
  });
});

describe("refused is a URL", () => {
  const others: [what: string, change: (path: string) => string][] = [
    ["with another value", (path) => path.replace("width=40", "width=41")],
    ["with one option more", (path) => path.replace("width=40", "width=40,quality=9")],
    ["with one less", (path) => path.replace(",width=40", "")],
    ["with another spelling of an option", (path) => path.replace("width=40", "w=40")],
    ["with a later expiry", (path) => path.replace(/exp=\d+/, `exp=${seconds + 9999}`)],
    ["without its expiry", (path) => path.replace(/,exp=\d+/, "")],
    ["with another key's name", (path) => path.replace("kid=new", "kid=old")],
    ["of another source", (path) => path.replace("seed=", "seed=1")],
    ["with a longer query", (path) => `${path}&utm_source=mail`],
    ["of another scheme", (path) => path.replace("https://photos", "http://photos")],
    [
      "whose signature is another's",
      (path) => path.replace(/sig=./, (text) => (text === "sig=A" ? "sig=B" : "sig=A")),
    ],
  ];
  it.each(others)("%s", async (_, change) => {
    const path = await signed(`style=handdrawn,width=40,exp=${seconds + 60}`);
    const changed = change(path);
    expect(changed).not.toBe(path);
    expect(await codeAt(path)).toBe("ok");
    expect(await codeAt(changed)).toBe("invalid_signature");
  });

  it.each([
    ["without its signature", (path: string) => path.replace(/sig=[^,]*,/, ""), "invalid_option"], // kid is left
    [
      "with half of its signature",
      (path: string) => path.replace(/(sig=.{20})[^,]*/, "$1"),
      "invalid_option",
    ],
    ["with two signatures", (path: string) => path.replace(/(sig=[^,]*),/, "$1,$1,"), "duplicate_option"],
    ["that bears none", () => `/image/style=handdrawn,width=40/${source}`, "signature_required"],
  ])("%s", async (_, change, code) => {
    expect(await codeAt(change(await signed("style=handdrawn,width=40")))).toBe(code);
  });

  it("with a wrong signature, even where none is needed", async () => {
    const free = { env: { SIGNING_KEYS, REQUIRE_SIGNATURE: "no" } };
    expect(await codeAt(`/image/style=handdrawn/${source}`, free)).toBe("ok");
    expect(await codeAt(await signed("style=handdrawn"), free)).toBe("ok");
    const wrong = (await signed("style=handdrawn,width=40")).replace("width=40", "width=50");
    expect(await codeAt(wrong, free)).toBe("invalid_signature");
    const late = await signed(`style=handdrawn,exp=${seconds}`);
    expect(await codeAt(late, free)).toBe("signature_expired");
  });
});

describe("a URL that expires", () => {
  it("holds until the second that it names, whatever is stored by then", async () => {
    const path = await signed(`style=handdrawn,width=40,exp=${seconds + 10}`);
    const first = await ask(path, signing);
    expect(first.status).toBe(200);
    vi.mocked(Date.now).mockReturnValue(NOW + 9_999);
    const last = await ask(path, signing);
    expect([last.status, found(last)]).toEqual([200, "hit"]);
    expect(last.headers.get("Cache-Control")).toMatch(/max-age=0\b/);
    vi.mocked(Date.now).mockReturnValue(NOW + 10_000);
    const etag = first.headers.get("ETag") ?? "";
    for (const asked of [{}, { method: "HEAD" }, { headers: { "If-None-Match": etag } }]) {
      const late = await ask(path, { ...signing, ...asked });
      expect([late.status, late.headers.get("Cache-Control")]).toEqual([403, "no-store"]);
    }
    expect(await codeAt(path)).toBe("signature_expired");
    // The picture itself is still there for whoever may have it.
    const other = await ask(await signed(`style=handdrawn,width=40,exp=${seconds + 99}`), signing);
    expect([other.status, found(other)]).toEqual([200, "hit"]);
  });

  it.each([
    [30, "public, max-age=30, must-revalidate"],
    [3599, "public, max-age=3599, must-revalidate"],
    [999_999, "public, max-age=3600, must-revalidate"], // the source's own time is up first
  ])("in %i seconds is kept no longer by any cache", async (left, expected) => {
    const answer = await ask(await signed(`style=handdrawn,exp=${seconds + left}`), signing);
    expect(answer.headers.get("Cache-Control")).toBe(expected);
    const etag = answer.headers.get("ETag") ?? "";
    const unchanged = await ask(await signed(`style=handdrawn,exp=${seconds + left}`), {
      ...signing,
      headers: { "If-None-Match": etag },
    });
    expect([unchanged.status, unchanged.headers.get("Cache-Control")]).toEqual([304, expected]);
  });

  it("has no key, tag or picture of its own", async () => {
    const plain = await ask(await signed("style=handdrawn,width=40"), signing);
    expect(plain.headers.get("Cache-Control")).toContain("stale-while-revalidate");
    for (const options of [`exp=${seconds + 5}`, `exp=${seconds + 6}`]) {
      const answer = await ask(await signed(`style=handdrawn,width=40,${options}`, { key: OLD }), signing);
      expect(found(answer)).toBe("hit");
      expect(answer.headers.get("ETag")).toBe(plain.headers.get("ETag"));
      expect(answer.bytes).toEqual(plain.bytes);
    }
  });
});
