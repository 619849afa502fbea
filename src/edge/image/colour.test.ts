import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { deltaE, mapPixels, paint, picture, pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import { joined, Reader } from "../source/probe/bytes.ts";
import { segments } from "../source/probe/jpeg-segments.ts";
import { probe } from "../source/probe.ts";
import { embeddedProfile } from "./colour/embedded.ts";
import { MAX_PROFILE_BYTES, parseIcc } from "./colour/icc.ts";
import { codedSpace, convert, isSrgb } from "./colour/space.ts";
import { toSrgb } from "./colour/to-srgb.ts";
import { decode, encode, type Pixels } from "./index.ts";

async function decoded(bytes: Uint8Array): Promise<Pixels> {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide: 4096 });
}

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const opaque = picture();
const p3 = await decoded(readPicture("p3-as-srgb.png"));
const inks = await decoded(readPicture("cmyk-as-srgb.png"));

describe("comes out as LittleCMS has it in sRGB", () => {
  it("which is another picture than without a profile", async () => {
    expect(deltaE(opaque, p3).mean).toBeGreaterThan(5);
    expect(deltaE(await decoded(readPicture("cmyk.jpg")), inks).mean).toBeGreaterThan(5);
  });
  it.each<[PictureName, Pixels, { mean: number; most: number }]>([
    ["p3.png", p3, { mean: 0.02, most: 1 }],
    ["p3.webp", p3, { mean: 0.02, most: 1 }],
    ["p3-coded.png", p3, { mean: 0.02, most: 1 }],
    ["p3-measured.png", p3, { mean: 0.02, most: 1 }],
    ["p3.jpg", p3, { mean: 0.8, most: 4 }], // from here on with the losses of the format
    ["p3.avif", p3, { mean: 1.2, most: 5 }],
    ["p3.heic", p3, { mean: 0.8, most: 4 }],
    ["p3-nclx.heic", p3, { mean: 0.8, most: 4 }],
    ["cmyk-profile.jpg", inks, { mean: 1, most: 3 }],
  ])("%s", async (name, expected, { mean, most }) => {
    const difference = deltaE(await decoded(readPicture(name)), expected);
    expect(difference.mean).toBeLessThan(mean);
    expect(difference.most).toBeLessThan(most);
  });
});

describe("codes of ITU-T H.273", () => {
  it("BT.709 and sRGB are sRGB", () => {
    for (const transfer of [1, 6, 13]) {
      const space = codedSpace(1, transfer);
      expect(space && isSrgb(space)).toBe(true);
    }
  });
  it("that say nothing, or that nobody uses, are as good as none", () => {
    for (const [primaries, transfer] of [
      [2, 2],
      [1, 2],
      [2, 13],
      [0, 0],
      [99, 13],
      [10, 17],
    ] as const)
      expect(codedSpace(primaries, transfer)).toBeUndefined();
  });
  it("white stays white, and grays stay gray", () => {
    for (const primaries of [1, 4, 5, 6, 9, 11, 12, 22]) {
      for (const transfer of [1, 4, 5, 8, 13]) {
        const data = new Uint8ClampedArray([255, 255, 255, 7, 120, 120, 120, 7, 0, 0, 0, 7]);
        const space = codedSpace(primaries, transfer);
        if (space) convert(data, space);
        expect(space).toBeDefined();
        expect([...data.subarray(0, 4), ...data.subarray(8)]).toEqual([255, 255, 255, 7, 0, 0, 0, 7]);
        expect(Math.max(...data.subarray(4, 7)) - Math.min(...data.subarray(4, 7))).toBeLessThanOrEqual(1);
      }
    }
  });
  it("HDR has paper white where BT.2408 has it, and cuts off what is brighter", () => {
    const gray = (value: number) => new Uint8ClampedArray([value, value, value, 255]);
    const shown = (transfer: number, value: number) => {
      const data = gray(value);
      const space = codedSpace(9, transfer);
      if (space) convert(data, space);
      return data[0] as number;
    };
    expect(shown(16, Math.round(0.5807 * 255))).toBeGreaterThan(250); // 58 % PQ and 75 % HLG are 203 cd/m²
    expect(shown(18, Math.round(0.75 * 255))).toBeGreaterThan(250);
    expect([shown(16, 255), shown(18, 255), shown(16, 0), shown(18, 0)]).toEqual([255, 255, 0, 0]);
    expect(shown(16, 100)).toBeLessThan(shown(16, 130));
  });
});

/** The PNG with another chunk before its data. */
function withChunk(png: Uint8Array, type: string, body: Uint8Array): Uint8Array {
  const chunk = joined([new Uint8Array(4), latin(type), body, new Uint8Array(4)]);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length);
  view.setUint32(8 + body.length, crc32(chunk.subarray(4, 8 + body.length)));
  return joined([png.subarray(0, 33), chunk, png.subarray(33)]);
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))).bytes();
}

describe("PNG's chunks", () => {
  const coded = (png: Uint8Array) => withChunk(png, "cICP", Uint8Array.of(12, 13, 0, 1));
  it("sRGB outweighs gamma, a profile sRGB, and a code all", async () => {
    const measured = readPicture("p3-measured.png");
    expect(await decoded(withChunk(measured, "sRGB", Uint8Array.of(0)))).toEqual(opaque);
    expect(await decoded(coded(measured))).toEqual(await decoded(readPicture("p3-coded.png")));
    expect(await decoded(withChunk(readPicture("p3.png"), "sRGB", Uint8Array.of(0)))).toEqual(
      await decoded(readPicture("p3.png")),
    );
  });
  it("a gamma of 1 is linear light", async () => {
    const linear = withChunk(readPicture("rgb.png"), "gAMA", Uint8Array.of(0, 1, 0x86, 0xa0));
    const encoded = (value: number) => {
      const light = value / 255;
      return Math.round(255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055));
    };
    const expected = mapPixels(opaque, ([r, g, b, a]) => [encoded(r), encoded(g), encoded(b), a]);
    expect(deltaE(await decoded(linear), expected).most).toBeLessThan(0.8);
  });
  it("of nonsense are not looked at", async () => {
    for (const [type, body] of [
      ["gAMA", Uint8Array.of(0, 0, 0, 0)],
      ["gAMA", Uint8Array.of(0)],
      ["cHRM", new Uint8Array(32)],
      ["cICP", Uint8Array.of(12, 13, 0, 0)],
      ["cICP", Uint8Array.of(12)],
      ["iCCP", latin("name without an end")],
      ["iCCP", latin("broken\0\0zlib")],
      ["iCCP", new Uint8Array(0)],
    ] as const)
      expect(await decoded(withChunk(readPicture("rgb.png"), type, body))).toEqual(opaque);
  });
  it("a profile that inflates without end is given up", async () => {
    const bomb = await deflated(new Uint8Array(64 * 1024 * 1024));
    const file = withChunk(readPicture("rgb.png"), "iCCP", joined([latin("bomb\0\0"), bomb]));
    expect(await decoded(file)).toEqual(opaque);
  });
});

/** The profile of a fixture. */
function profileIn(name: PictureName): Uint8Array {
  const reader = new Reader(readPicture(name));
  for (const { marker, start, end } of segments(reader))
    if (marker === 0xe2) return reader.bytes.slice(start + 14, end);
  throw new Error(`${name} has no profile`);
}

describe("ICC profiles", () => {
  const rgb = profileIn("p3.jpg");
  const cmyk = profileIn("cmyk-profile.jpg");
  it("are read from fixtures", () => {
    expect(parseIcc(rgb)).toMatchObject({ kind: "computed" });
    expect(parseIcc(cmyk)).toMatchObject({ kind: "table", channels: 4 });
  });
  it("in several segments are put together, in whichever order; with one missing there is none", async () => {
    const plain = await encode(opaque, "jpeg", 95);
    const half = Math.floor(rgb.length / 2);
    const segment = (number: number, part: Uint8Array) => {
      const length = part.length + 16;
      return joined([
        Uint8Array.of(0xff, 0xe2, length >> 8, length & 255),
        latin("ICC_PROFILE\0"),
        Uint8Array.of(number, 2),
        part,
      ]);
    };
    const [first, second] = [segment(1, rgb.subarray(0, half)), segment(2, rgb.subarray(half))];
    const file = (...parts: Uint8Array[]) => joined([plain.subarray(0, 2), ...parts, plain.subarray(2)]);
    const whole = await decoded(file(first, second));
    expect(deltaE(whole, p3).mean).toBeLessThan(1.5);
    expect(await decoded(file(second, first))).toEqual(whole);
    expect(await decoded(file(second))).toEqual(await decoded(plain));
  });
  it("that are too large are not looked at", () => {
    expect(parseIcc(joined([rgb, new Uint8Array(MAX_PROFILE_BYTES)]))).toBeUndefined();
  });
  it("of gray with a curve of their own change grays alone", () => {
    const gray = rgb.slice();
    gray.set(latin("GRAY"), 16);
    gray.set(latin("kTRC"), gray.indexOf(0x54, 132) - 1); // rTRC
    const profile = parseIcc(gray);
    const data = new Uint8ClampedArray([90, 90, 90, 255]);
    if (profile) toSrgb(data, profile);
    expect(profile).toBeDefined();
    expect(Math.abs((data[0] as number) - 90)).toBeLessThanOrEqual(1); // the curve is sRGB's
  });
  it("changed anywhere give colours or none, whatever they say", () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const changed = fc.record({
      profile: fc.constantFrom(rgb, cmyk),
      changes: fc.array(change, { minLength: 1, maxLength: 8 }),
      length: fc.nat({ max: 12_000 }),
    });
    const pixels = paint(5, 5, (x, y) => [x * 60, y * 60, 128, 255]).data;
    fc.assert(
      fc.property(changed, ({ profile, changes, length }) => {
        const bytes = profile.slice(0, Math.max(200, length));
        for (const [at, value] of changes) bytes[at % Math.min(bytes.length, 400)] = value;
        const parsed = parseIcc(bytes);
        if (parsed) toSrgb(pixels.slice(), parsed);
        if (parsed?.kind === "table") parsed.table([1, 2, 3, 4], 0, new Uint8ClampedArray(4), 0);
      }),
      { numRuns: 500 },
    );
  });
  it("of sRGB cost nothing", async () => {
    expect(await embeddedProfile(readPicture("rgb.png"), "png")).toBeUndefined();
    expect(await embeddedProfile(readPicture("p3.png"), "png")).toBeDefined();
    expect(pixelAt(await decoded(readPicture("rgb.png")), 40, 30)).toEqual(pixelAt(opaque, 40, 30));
  });
});
