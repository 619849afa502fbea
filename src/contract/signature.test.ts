import fc from "fast-check";
import { describe, expect, it } from "vitest";
import document from "../../docs/signing.md?raw";
import { fromBase64url, toBase64url } from "./encoding.ts";
import { isSigned, type SigningKey, sign, signedText } from "./signature.ts";
import { sourceText } from "./source.ts";
import { FIELDS } from "./transform/fields.ts";

const KEYS = new Map(
  [...document.matchAll(/`(2026[ab]):([\w-]+)`/g)].map(([, id = "", key = ""]): [string, SigningKey] => [
    id,
    { id, bytes: fromBase64url(key) ?? new Uint8Array() },
  ]),
);
const VECTORS = [
  ...document.matchAll(/^\| `([^`]*kid=[^`]*)` \| `([^`]*)` \| `([^`]*)` \| `([^`]*)` \|$/gm),
].map(([, options = "", source = "", text = "", sig = ""]) => ({ options, source, text, sig }));
const KEY: SigningKey = { id: "a", bytes: new Uint8Array(32).fill(7) };

describe("docs/signing.md's vectors", () => {
  it("are all here", () => {
    expect([...KEYS.values()].map(({ bytes }) => bytes.length)).toEqual([32, 64]);
    expect(VECTORS).toHaveLength(6);
  });

  it.each(VECTORS)("$options of $source", async ({ options, source, text, sig }) => {
    const key = KEYS.get(/kid=(\w+)/.exec(options)?.[1] ?? "") as SigningKey;
    expect(signedText(options, sourceText(source) ?? "")).toBe(text);
    expect(await sign(text, key)).toBe(sig);
    expect(await isSigned(text, sig, key)).toBe(true);
    for (const other of KEYS.values())
      if (other !== key) expect(await isSigned(text, sig, other)).toBe(false);
  });
});

describe("what is signed", () => {
  const options = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-z]{1,9}$/), fc.stringMatching(/^[\w.%-]{0,12}$/)),
    { minLength: 1, selector: ([name]) => name },
  );
  const spelled = (pairs: [string, string][]) => pairs.map((pair) => pair.join("=")).join(",");
  const source = fc.webUrl({ withQueryParameters: true });

  it("is the same for every order, with and without sig, and for a raw and an encoded source", () => {
    fc.assert(
      fc.property(options, source, fc.nat(), (pairs, url, seed) => {
        const unsigned = pairs.filter(([name]) => name !== "sig");
        const shuffled = [...unsigned].sort(([a], [b]) => ((a.length * seed) % 7) - ((b.length * seed) % 7));
        const text = signedText(spelled(unsigned), url);
        expect(
          signedText(spelled([["sig", "x"], ...shuffled]), sourceText(encodeURIComponent(url)) ?? ""),
        ).toBe(text);
        expect(
          signedText(spelled([...shuffled, ["sig", "y"]]), sourceText(url.replace("://", ":/")) ?? ""),
        ).toBe(text);
      }),
    );
  });

  it("is different for different options and sources", () => {
    fc.assert(
      fc.property(options, source, options, source, (pairs, url, others, other) => {
        const [one, two] = [pairs, others].map((all) => all.filter(([name]) => name !== "sig")) as [
          [string, string][],
          [string, string][],
        ];
        const isSame = url === other && spelled([...one].sort()) === spelled([...two].sort());
        expect(signedText(spelled(one), url) === signedText(spelled(two), other)).toBe(isSame);
      }),
    );
  });
});

describe("a signature", () => {
  it("has one spelling, which alone is read as an option", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const sig = toBase64url(bytes);
        expect(FIELDS.sig.read(sig)).toBe(sig);
        expect(fromBase64url(sig)).toEqual(bytes);
        const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
        for (const last of letters) {
          const changed = sig.slice(0, 42) + last;
          const read = FIELDS.sig.read(changed);
          if (read !== undefined) expect(toBase64url(fromBase64url(read) as Uint8Array)).toBe(changed);
          else expect(fromBase64url(changed)).toBeUndefined();
        }
        for (const length of [0, 1, 41, 42]) expect(FIELDS.sig.read(sig.slice(0, length))).toBeUndefined();
        for (const more of ["A", "=", "\n"]) expect(FIELDS.sig.read(sig + more)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("is wrong with any bit of it, of the text or of the key turned", async () => {
    const text = "/image/kid=a,style=handdrawn/https://example.com/me.jpg";
    const sig = await sign(text, KEY);
    expect(await isSigned(text, sig, KEY)).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(255), fc.nat({ max: text.length * 8 - 1 }), async (bit, textBit) => {
        const mac = fromBase64url(sig) as Uint8Array<ArrayBuffer>;
        turn(mac, bit);
        expect(await isSigned(text, toBase64url(mac), KEY)).toBe(false);
        const key = { id: "a", bytes: KEY.bytes.slice() };
        turn(key.bytes, bit);
        expect(await isSigned(text, sig, key)).toBe(false);
        const other = new TextEncoder().encode(text);
        turn(other, textBit);
        expect(await isSigned(new TextDecoder("latin1").decode(other), sig, KEY)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it.each(["", "A", "A".repeat(43), `${"A".repeat(43)}=`, "ä", "A".repeat(86)])(
    "%j is no signature",
    async (sig) => {
      expect(await isSigned("text", sig, KEY)).toBe(false);
    },
  );
});

function turn(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
}
