import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as encoding from "./encoding.ts";
import { UPLOAD_ID } from "./source.ts";

const { toHex, fromHex, toBase64, fromBase64, toBase64url, fromBase64url } = encoding;

describe("bytes as a text", () => {
  it.each([
    [[], "", "", ""],
    [[0x00], "00", "AA==", "AA"],
    [[0x0f, 0xff], "0fff", "D/8=", "D_8"],
    [[0xfb, 0xef, 0xbe], "fbefbe", "++++", "----"],
  ])("are %j", (numbers, hex, base64, base64url) => {
    const bytes = Uint8Array.from(numbers);
    expect([toHex(bytes), toBase64(bytes), toBase64url(bytes)]).toEqual([hex, base64, base64url]);
  });

  it("are the same again, whichever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(["A", "AA=A", "-_-_", "ä"])("are not %j in base64", (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it.each(["A", "AB", "AA==", "++++", "A A", "AA\n", "ä"])("are not %j in base64url", (text) => {
    expect(fromBase64url(text)).toBeUndefined();
  });
});

describe("the hash", () => {
  it("is that of FIPS 180-4, of a text and of its UTF-8", async () => {
    const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await encoding.sha256("abc")).toBe(hash);
    expect(await encoding.sha256(Uint8Array.from([0x61, 0x62, 0x63]))).toBe(hash);
    expect(await encoding.sha256("ä")).toBe(await encoding.sha256(Uint8Array.from([0xc3, 0xa4])));
  });
});

describe("a random name", () => {
  it("is never the same", () => {
    const ids = Array.from({ length: 100 }, encoding.randomId);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(UPLOAD_ID);
  });
});

describe("a time", () => {
  it("has milliseconds, whether they are none or not", () => {
    expect(encoding.isoTime(Date.UTC(2026, 10, 29))).toBe("2026-11-29T00:00:00.000Z");
  });
});
