import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { box, full, heif, ispe, latin, u8, u16, u32 } from "../../../tests/support/heif.ts";
import { countReads } from "../../../tests/support/reads.ts";
import { joined, Reader } from "./probe/bytes.ts";
import { hevcFormat } from "./probe/hevc.ts";
import { findBox } from "./probe/isobmff.ts";
import { probe } from "./probe.ts";

/** A sequence parameter set up to its bit depths. */
function sps({ width, height, chroma = 1, bitDepth = 8 }: Coded): Uint8Array {
  let bits = `${"0".repeat(4)}${"000"}1${"0".repeat(32)}${"1".repeat(56)}${"0".repeat(8)}`; // no runs of zeros but at the start
  const golomb = (value: number) => {
    const text = (value + 1).toString(2);
    bits += "0".repeat(text.length - 1) + text;
  };
  for (const value of [0, chroma]) golomb(value);
  if (chroma === 3) bits += "0";
  for (const value of [width, height]) golomb(value);
  bits += "0";
  for (const value of [bitDepth - 8, bitDepth - 8]) golomb(value);
  bits += "1".repeat(24);
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  return joined([u8(33 << 1, 1), escaped(bytes)]);
}

/** Annex B's escape: 0, 0 and then anything up to 3 gets a 3 between. */
function escaped(bytes: number[]): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

type Coded = { width: number; height: number; chroma?: number; bitDepth?: number };

function hvcC(coded: Coded): Uint8Array {
  const set = sps(coded);
  return box("hvcC", new Uint8Array(22), u8(1, 33), u16(1), u16(set.length), set);
}

const av1C = (flags: number) => box("av1C", u8(0x81, 0, flags, 0));

const data = u8(1, 2, 3, 4);
const FREE = new Uint8Array(255).fill(1);
const single = (coded: Coded) =>
  heif([{ type: "hvc1", properties: [hvcC(coded), ispe(coded.width, coded.height)], data }], 1);
const avif = (width: number, height: number, flags: number) =>
  heif([{ type: "av01", properties: [av1C(flags), ispe(width, height)], data }], 1);

function grid(columns: number, rows: number, [width, height]: [number, number], side: number): Uint8Array {
  const config = hvcC({ width: side, height: side });
  const tile = () => ({ type: "hvc1", properties: [config, ispe(side, side)], data });
  const tiles = Array.from({ length: columns * rows }, tile);
  const shape = joined([u8(0, 0, rows - 1, columns - 1), u16(width), u16(height)]);
  const whole = { type: "grid", properties: [ispe(width, height)], data: shape };
  const to = tiles.map((_, i) => i + 1);
  return heif([...tiles, whole], tiles.length + 1, [{ kind: "dimg", from: tiles.length + 1, to }]);
}

const AV1_420 = 0x0c;
const AV1_444 = 0x00;
const AV1_DEEP = 0x40;

describe("what decoding would take is told by the header", () => {
  it.each<[string, Uint8Array, object]>([
    [
      "HEIC of a phone, 12 MP",
      grid(8, 6, [4032, 3024], 512),
      { ok: true, format: "heic", width: 4032, height: 3024 },
    ],
    ["HEIC of a phone, 48 MP", grid(16, 12, [8064, 6048], 512), { ok: true, width: 8064, height: 6048 }],
    ["HEIC of a phone, above 50 MP", grid(16, 13, [8192, 6400], 512), { code: "too_many_pixels" }],
    ["HEIC in one piece, 12 MP", single({ width: 4032, height: 3024 }), { ok: true }],
    ["HEIC in one piece, 12 MP, 10 bits", single({ width: 4032, height: 3024, bitDepth: 10 }), { ok: true }],
    [
      "HEIC in one piece, 12 MP, 4:4:4, 10 bits",
      single({ width: 4032, height: 3024, chroma: 3, bitDepth: 10 }),
      { code: "too_many_pixels" },
    ],
    ["HEIC in one piece, 24 MP", single({ width: 6000, height: 4000 }), { code: "too_many_pixels" }],
    ["HEIC in one row of large tiles", grid(8, 1, [16_000, 2000], 2048), { code: "too_many_pixels" }],
    ["AVIF, 4 MP", avif(2304, 1728, AV1_420), { ok: true, format: "avif", width: 2304, height: 1728 }],
    ["AVIF, 5 MP", avif(2560, 1920, AV1_420), { code: "too_many_pixels" }],
    ["AVIF, 3 MP, 4:4:4", avif(2016, 1512, AV1_444), { ok: true }],
    ["AVIF, 4 MP, 4:4:4", avif(2304, 1728, AV1_444), { code: "too_many_pixels" }],
    ["AVIF, 3 MP, 10 bits, 4:4:4", avif(2016, 1512, AV1_444 | AV1_DEEP), { code: "too_many_pixels" }],
    ["AVIF, 65535 × 65535", avif(65_535, 65_535, AV1_420), { code: "too_many_pixels" }],
  ])("%s", (_, bytes, expected) => expect(probe(bytes)).toMatchObject(expected));

  it("AVIF with transparency has three quarters of the pixels", () => {
    const withAlpha = (width: number, height: number) => {
      const auxC = full("auxC", latin("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"));
      const picture = { type: "av01", properties: [av1C(AV1_420), ispe(width, height)], data };
      const alpha = { type: "av01", properties: [av1C(0x1c), ispe(width, height), auxC], data };
      return heif([picture, alpha], 1, [{ kind: "auxl", from: 2, to: [1] }]);
    };
    expect(probe(withAlpha(2016, 1512))).toMatchObject({ ok: true, hasAlpha: true });
    expect(probe(withAlpha(2304, 1728))).toMatchObject({ code: "too_many_pixels" });
  });
});

describe("what is no picture that can be decoded is refused", () => {
  const picture = { type: "hvc1", properties: [hvcC({ width: 64, height: 64 }), ispe(64, 64)], data };
  it.each<[string, Uint8Array, object]>([
    [
      "another codec",
      heif([{ ...picture, type: "vvc1" }], 1),
      { code: "unsupported_format", detail: expect.stringContaining("vvc1") },
    ],
    ["an overlay", heif([picture, { ...picture, type: "iovl" }], 2), { code: "unsupported_format" }],
    ["no primary picture", heif([picture], 7), { code: "corrupt_picture" }],
    [
      "no size",
      heif([{ ...picture, properties: [hvcC({ width: 64, height: 64 })] }], 1),
      { code: "corrupt_picture" },
    ],
    ["no parameters", heif([{ ...picture, properties: [ispe(64, 64)] }], 1), { code: "corrupt_picture" }],
    [
      "parameters cut off",
      heif(
        [
          {
            ...picture,
            properties: [box("hvcC", new Uint8Array(22), u8(1, 33, 0, 1, 0, 2, 66, 1)), ispe(64, 64)],
          },
        ],
        1,
      ),
      { code: "corrupt_picture" },
    ],
    ["a grid with a tile too few", grid(3, 2, [300, 128], 64), { code: "corrupt_picture" }],
    ["tiles of 16 × 16", grid(4, 4, [64, 64], 16), { code: "unsupported_format" }],
    ["no list", joined([box("ftyp", latin("heic"), u32(0)), box("mdat", data)]), { code: "corrupt_picture" }],
    [
      "a list without an end",
      u8(...box("ftyp", latin("heic"), u32(0)), 0, 0, 1, 0, ...latin("meta")),
      { code: "corrupt_picture" },
    ],
    [
      "a list of more than 1 MiB",
      heif([picture], 1, [], [box("free", new Uint8Array(1024 * 1024))]),
      { code: "unsupported_format" },
    ],
    ["more than 4096 items", heif(Array(4097).fill(picture), 1), { code: "unsupported_format" }],
  ])("%s", (_, bytes, expected) => expect(probe(bytes)).toMatchObject({ ok: false, ...expected }));

  it("tiles that share their data, so that each of its bytes would be decoded many times", () => {
    const bytes = grid(16, 12, [8064, 6048], 512);
    const view = new DataView(bytes.buffer);
    const iloc = new TextDecoder("latin1").decode(bytes).indexOf("iloc") + 12;
    for (let i = 0; i < 16 * 12; i++) {
      view.setUint32(iloc + i * 14 + 6, 0);
      view.setUint32(iloc + i * 14 + 10, bytes.length);
    }
    expect(probe(bytes)).toMatchObject({ code: "corrupt_picture", detail: expect.stringContaining("share") });
  });

  it("a picture whose data lies many times at the same place, which would be put together before it is decoded", () => {
    const one = heif([picture], 1);
    const place = latin("iloc").length + 4 + 2 + 2 + 2 + 2; // sizes, the number of items, the item's id, its file
    const at = new TextDecoder("latin1").decode(one).indexOf("iloc") + place;
    const extents = Array.from({ length: 5000 }, () => joined([u32(0), u32(400)]));
    const bytes = joined([one.subarray(0, at), u16(extents.length), ...extents, one.subarray(at + 10)]);
    for (const type of ["iloc", "meta"]) {
      const start = new TextDecoder("latin1").decode(bytes).indexOf(type) - 4;
      const view = new DataView(bytes.buffer, start, 4);
      view.setUint32(0, view.getUint32(0) + 8 * (extents.length - 1));
    }
    expect(probe(bytes)).toMatchObject({
      code: "corrupt_picture",
      detail: expect.stringContaining("same place"),
    });
  });

  it("a picture whose data ends behind the file", () => {
    const bytes = heif([picture], 1);
    expect(probe(bytes.subarray(0, -1))).toMatchObject({ code: "corrupt_picture" });
  });

  it("a list that says the same thousands of times, each of which would be looked at from its beginning", () => {
    const ids = (count: number) => Array.from({ length: count }, () => u16(2));
    const lists = {
      "what an auxiliary picture is": [
        box("ipco", ispe(64, 64), full("auxC", new Uint8Array(500_000).fill(97))),
        box("ipma", u32(0), u32(2), u16(1), u8(1, 1), u16(2), u8(2, 1, 2)),
        ids(20_000).map((id) => box("auxl", id, u16(1), u16(1))),
      ],
      "a tile's properties": [
        box("ipco", box("free"), ispe(64, 64)),
        box(
          "ipma",
          u32(0),
          u32(2501),
          u16(1),
          u8(1, 2),
          ...ids(2500).map((id) => joined([id, u8(255), FREE])),
        ),
        [box("dimg", u16(1), u16(65_025), ...ids(65_025))],
      ],
    } satisfies Record<string, [Uint8Array, Uint8Array, Uint8Array[]]>;
    for (const [what, [properties, owned, references]] of Object.entries(lists)) {
      const infe = (id: number, type: string) =>
        box("infe", u8(2, 0, 0, 0), u16(id), u16(0), latin(`${type}\0`));
      const meta = full(
        "meta",
        ...[full("pitm", u16(1)), full("iinf", u16(2), infe(1, "grid"), infe(2, "hvc1"))],
        full("iloc", u8(0x44, 0), u16(1), u16(1), u16(0), u16(1), u32(0), u32(8)),
        ...[box("iprp", properties, owned), full("iref", ...references)],
      );
      const bytes = joined([box("ftyp", latin("heic"), u32(0)), meta]);
      const reads = countReads(() => expect(probe(bytes)).toMatchObject({ ok: false }));
      expect(reads, what).toBeLessThan(10 * bytes.length);
    }
  });

  it("parameters without end, which would be given to the decoder with each tile", () => {
    const set = sps({ width: 64, height: 48 });
    const sets = Array.from({ length: 200 }, () => joined([u16(set.length), set]));
    const config = box("hvcC", new Uint8Array(22), u8(1, 33), u16(sets.length), ...sets);
    const bytes = heif([{ type: "hvc1", properties: [config, ispe(64, 48)], data }], 1);
    expect(probe(bytes)).toMatchObject({ code: "unsupported_format" });
  });

  it("places that take no bytes are not listed without end", () => {
    const place = joined([u16(1), u16(0), u16(65_535)]);
    const places = joined(Array(60_000).fill(place));
    const meta = full(
      "meta",
      full("pitm", u16(1)),
      full("iloc", u8(0, 0), u16(60_000), places),
      full("iinf", u16(0)),
      box("iprp"),
    );
    expect(probe(joined([box("ftyp", latin("heic"), u32(0)), meta]))).toMatchObject({
      code: "corrupt_picture",
    });
  });
});

describe("HEVC's parameters", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 20_000 }),
    height: fc.integer({ min: 1, max: 20_000 }),
    chroma: fc.integer({ min: 0, max: 3 }),
    bitDepth: fc.integer({ min: 8, max: 16 }),
  });
  it("are read as they were written", () => {
    fc.assert(
      fc.property(sizes, (coded) => {
        const bytes = hvcC(coded);
        const found = findBox(new Reader(bytes), { data: 0, end: bytes.length }, "hvcC");
        expect(found && hevcFormat(new Reader(bytes), found)).toEqual(coded);
      }),
    );
  });
  it("of real encoders are read", () => {
    const format = (name: "420.heic" | "444.heic" | "10bit.heic" | "gray.heic") => {
      const bytes = readPicture(name);
      const at = new TextDecoder("latin1").decode(bytes).indexOf("hvcC") - 4;
      const found = findBox(new Reader(bytes), { data: at, end: bytes.length }, "hvcC");
      return found && hevcFormat(new Reader(bytes), found);
    };
    expect(format("420.heic")).toEqual({ width: 64, height: 64, chroma: 1, bitDepth: 8 });
    expect(format("444.heic")).toEqual({ width: 64, height: 64, chroma: 3, bitDepth: 8 });
    expect(format("10bit.heic")).toEqual({ width: 64, height: 64, chroma: 3, bitDepth: 10 });
    expect(format("gray.heic")).toEqual({ width: 64, height: 64, chroma: 0, bitDepth: 8 });
  });
});

it("a file changed anywhere is one that can be told of", () => {
  const files = [
    grid(3, 2, [160, 112], 64),
    avif(64, 48, AV1_420),
    readPicture("tiled-turned.heic"),
    readPicture("alpha.avif"),
  ];
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  const changed = fc.record({
    file: fc.constantFrom(...files),
    changes: fc.array(change, { minLength: 1, maxLength: 6 }),
  });
  fc.assert(
    fc.property(changed, ({ file, changes }) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at % Math.min(bytes.length, 1500)] = value;
      const result = probe(bytes);
      if (result.ok) expect(Number.isInteger(result.width * result.height) && result.width > 0).toBe(true);
      else expect(result.detail).toMatch(/\.$/);
    }),
    { numRuns: 3000 },
  );
});
