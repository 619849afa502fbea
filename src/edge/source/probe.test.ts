import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURE_NAMES, type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { countReads } from "../../../tests/support/reads.ts";
import { MAX_PICTURE_BYTES, MAX_SEGMENTS, probe } from "./probe.ts";

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(Math.floor(value / 65536)), ...u16(value % 65536)];
const u24le = (value: number) => [value & 255, (value >> 8) & 255, value >> 16];

describe("what a header says", () => {
  const cases: [PictureName, object][] = [
    [
      "baseline-420.jpg",
      {
        format: "jpeg",
        width: 64,
        height: 48,
        orientation: 1,
        hasAlpha: false,
      },
    ],
    ["progressive-420.jpg", { format: "jpeg", width: 64, height: 48 }],
    ["gray.jpg", { format: "jpeg" }],
    ["cmyk.jpg", { format: "jpeg" }],
    ["exif-6.jpg", { format: "jpeg", width: 64, height: 48, orientation: 6 }],
    ["large.jpg", { format: "jpeg", width: 1280, height: 960 }],
    [
      "rgb.png",
      {
        format: "png",
        width: 64,
        height: 48,
        orientation: 1,
        hasAlpha: false,
      },
    ],
    ["rgba.png", { hasAlpha: true }],
    ["gray.png", { hasAlpha: false }],
    ["bilevel.png", { hasAlpha: false }],
    ["rgb-key.png", { hasAlpha: true }],
    ["palette-alpha.png", { hasAlpha: true }],
    ["rgba-16bit-interlaced.png", { hasAlpha: true }],
    ["animated.png", { width: 64, height: 48 }],
    ["exif-6.png", { orientation: 6 }],
    ["lossy.webp", { format: "webp", width: 64, height: 48, orientation: 1, hasAlpha: false }],
    ["lossy-alpha.webp", { hasAlpha: true }],
    ["lossless.webp", { hasAlpha: false, width: 64, height: 48 }],
    ["lossless-alpha.webp", { hasAlpha: true, width: 64, height: 48 }],
    ["exif-6.webp", { orientation: 6 }],
    ["animated-offset.webp", { width: 80, height: 60 }],
    ["still.gif", { format: "gif", width: 64, height: 48, orientation: 1, hasAlpha: false }],
    ["animated.gif", { width: 64, height: 48 }],
    ["transparent.gif", { hasAlpha: true }],
    ["420.avif", { format: "avif", width: 64, height: 48, orientation: 1, hasAlpha: false }],
    ["alpha.avif", { format: "avif", hasAlpha: true }],
    ["exif-6.avif", { format: "avif", width: 64, height: 48, orientation: 6 }],
    ["420.heic", { format: "heic", width: 64, height: 48, orientation: 1, hasAlpha: false }],
    ["alpha.heic", { format: "heic", hasAlpha: true }],
    ["tiled-turned.heic", { format: "heic", width: 160, height: 112, orientation: 7 }],
    ["cropped.heic", { format: "heic", width: 40, height: 30 }],
    ["phone.heic", { format: "heic", width: 4032, height: 3024, orientation: 6 }],
  ];
  it.each(cases)("%s", (name, expected) => {
    expect(probe(readPicture(name))).toMatchObject({ ok: true, ...expected });
  });
});

describe("what is of no format that is read is refused by its name", () => {
  const cases: [string, Uint8Array | string][] = [
    ["a video or another ISO media file", "\0\0\0\x18ftypisom\0\0\0\0"],
    ["a video or another ISO media file", "\0\0\0\x18ftypqt  \0\0\0\0"],
    ["Only JPEG", "GIF90a\x01\0\x01\0"],
    ["TIFF", "II*\0\x08\0\0\0"],
    ["TIFF", "MM\0*\0\0\0\x08"],
    ["BMP", "BM\x46\0\0\0"],
    ["an icon", "\0\0\x01\0\x01\0"],
    ["JPEG XL", "\xff\x0a\0\0"],
    ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["SVG", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["SVG", "<svg onload=alert(1)>"],
    ["an HTML page", "<!DOCTYPE html><title>404</title>"],
    ["PDF", "%PDF-1.7"],
    ["Only JPEG", "anything else"],
    ["Only JPEG", "RIFF\0\0\0\0WAVEfmt "],
  ];
  it.each(cases)("%s", (name, head) => {
    const result = probe(typeof head === "string" ? latin(head) : head);
    expect(result).toMatchObject({
      ok: false,
      code: "unsupported_format",
      detail: expect.stringContaining(name),
    });
  });
});

/** A JPEG header that is sound but for what is asked for; no data follows. */
function jpeg(options: {
  marker?: number;
  precision?: number;
  width?: number;
  height?: number;
  sampling?: number[];
  adobe?: boolean;
}): Uint8Array {
  const {
    marker = 0xc0,
    precision = 8,
    width = 64,
    height = 48,
    sampling = [0x22, 0x11, 0x11],
    adobe,
  } = options;
  const frame = [
    precision,
    ...u16(height),
    ...u16(width),
    sampling.length,
    ...sampling.flatMap((s, i) => [i + 1, s, 0]),
  ];
  const scan = [sampling.length, ...sampling.flatMap((_, i) => [i + 1, 0]), 0, 63, 0];
  const app14 = adobe ? [0xff, 0xee, 0, 14, ...latin("Adobe"), 0, 100, 0, 0, 0, 0, 0] : [];
  return Uint8Array.from([
    ...[0xff, 0xd8, ...app14, 0xff, marker, ...u16(frame.length + 2), ...frame],
    ...[0xff, 0xda, ...u16(scan.length + 2), ...scan],
  ]);
}

describe("JPEG", () => {
  it.each([
    ["baseline", { marker: 0xc0 }, { ok: true }],
    ["extended sequential", { marker: 0xc1 }, { ok: true }],
    ["progressive", { marker: 0xc2 }, { ok: true }],
    [
      "lossless",
      { marker: 0xc3 },
      { code: "unsupported_format", detail: expect.stringContaining("Lossless") },
    ],
    [
      "hierarchical",
      { marker: 0xc5 },
      { code: "unsupported_format", detail: expect.stringContaining("Hierarchical") },
    ],
    [
      "arithmetic",
      { marker: 0xc9 },
      { code: "unsupported_format", detail: expect.stringContaining("arithmetic") },
    ],
    [
      "arithmetic progressive",
      { marker: 0xca },
      { code: "unsupported_format", detail: expect.stringContaining("arithmetic") },
    ],
    ["JPEG-LS", { marker: 0xf7 }, { code: "unsupported_format", detail: expect.stringContaining("JPEG-LS") }],
    [
      "12 bits",
      { precision: 12, marker: 0xc1 },
      { code: "unsupported_format", detail: expect.stringContaining("12 bits") },
    ],
    ["2 components", { sampling: [0x11, 0x11] }, { code: "unsupported_format" }],
    ["CMYK", { sampling: [0x11, 0x11, 0x11, 0x11], adobe: true }, { ok: true }],
    ["CMYK without Adobe's marker", { sampling: [0x11, 0x11, 0x11, 0x11] }, { ok: true }],
    ["no width", { width: 0 }, { code: "corrupt_picture" }],
    ["no height", { height: 0 }, { code: "corrupt_picture" }],
    ["sampling 0", { sampling: [0x02, 0x11, 0x11] }, { code: "corrupt_picture" }],
    ["sampling 5", { sampling: [0x51, 0x11, 0x11] }, { code: "corrupt_picture" }],
    ["50 MP", { width: 8000, height: 6250 }, { ok: true }],
    ["above 50 MP", { width: 8000, height: 6251 }, { code: "too_many_pixels" }],
    ["65535 × 65535", { width: 65535, height: 65535 }, { code: "too_many_pixels" }],
    ["progressive, 24 MP, 4:2:0", { marker: 0xc2, width: 6000, height: 4000 }, { ok: true }],
    [
      "progressive, 24 MP, 4:4:4",
      { marker: 0xc2, width: 6000, height: 4000, sampling: [0x11, 0x11, 0x11] },
      { code: "too_many_pixels" },
    ],
    ["progressive, 48 MP, 4:2:0", { marker: 0xc2, width: 8000, height: 6000 }, { code: "too_many_pixels" }],
  ])("%s", (_, options, expected) => {
    expect(probe(jpeg(options))).toMatchObject(expected);
  });

  it("that is progressive has room for a file of 8 MB beside the coefficients of 24 MP", () => {
    const ofLength = (length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(jpeg({ marker: 0xc2, width: 6000, height: 4000 }));
      return bytes;
    };
    expect(probe(ofLength(8_000_000))).toMatchObject({ ok: true });
    expect(probe(ofLength(8_000_001))).toMatchObject({ code: "too_many_pixels" });
  });

  it("of more scans than anybody makes is refused", () => {
    const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0];
    const withScans = (count: number) =>
      Uint8Array.from([...jpeg({ marker: 0xc2 }), ...Array(count).fill(scan).flat()]);
    expect(probe(withScans(99))).toMatchObject({ ok: true });
    expect(probe(withScans(100))).toMatchObject({ code: "unsupported_format" });
  });

  it("may be followed by anything, such as a motion photo's video", () => {
    const video = new Uint8Array(2000).map((_, i) => [0xff, 0xda, 0, 8][i % 4] as number);
    const photo = readPicture("progressive-420.jpg");
    expect(probe(Uint8Array.of(...photo, ...video))).toEqual(probe(photo));
    expect(probe(Uint8Array.of(...photo.subarray(0, -2), ...video))).toMatchObject({
      code: "unsupported_format",
    });
  });

  it("has its scans counted past what stands in its other segments and its data", () => {
    const inSegment = [0xff, 0xe1, 0, 8, 0xff, 0xda, 0xff, 0xda, 0xff, 0xda];
    const inData = [0xff, 0x00, 0xda, 0xff, 0xd0, 0xda, 0xff, 0xff, 0xd7, 0xda];
    const between = Array(100)
      .fill([...inSegment, ...inData])
      .flat();
    expect(probe(Uint8Array.of(...jpeg({ marker: 0xc2 }), ...between))).toMatchObject({ ok: true });
  });

  it("of endless segments is refused", () => {
    const segments = new Uint8Array(4 * MAX_SEGMENTS).map((_, i) => [0xff, 0xe2, 0, 2][i % 4] as number);
    expect(probe(Uint8Array.of(0xff, 0xd8, ...segments))).toMatchObject({ code: "corrupt_picture" });
  });

  it("may have fill bytes before a marker", () => {
    const [start, rest] = [jpeg({}).subarray(0, 2), jpeg({}).subarray(2)];
    expect(probe(Uint8Array.of(...start, 0xff, 0xff, 0xff, ...rest))).toMatchObject({ ok: true, width: 64 });
  });
});

describe("EXIF", () => {
  const tiff = (order: "II" | "MM", entry: number[], offset = 8) => {
    const little = order === "II";
    const turn = (bytes: number[]) => (little ? [...bytes].reverse() : bytes);
    return [...latin(order), ...turn(u16(42)), ...turn(u32(offset)), ...turn(u16(1)), ...entry];
  };
  const withExif = (block: number[]) =>
    Uint8Array.of(
      0xff,
      0xd8,
      0xff,
      0xe1,
      ...u16(8 + block.length),
      ...latin("Exif\0\0"),
      ...block,
      ...jpeg({}).subarray(2),
    );

  const big = (value: number, type = 3) => [
    0x01,
    0x12,
    0,
    type,
    0,
    0,
    0,
    1,
    ...(type === 3 ? u16(value) : u32(value).slice(0, 4)),
    0,
    0,
  ];
  const little = (value: number) => [0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0];
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i in both byte orders", (value) => {
    expect(probe(withExif(tiff("MM", big(value))))).toMatchObject({ orientation: value });
    expect(probe(withExif(tiff("II", little(value))))).toMatchObject({ orientation: value });
  });
  it.each([
    ["orientation 0", tiff("MM", big(0))],
    ["orientation 9", tiff("MM", big(9))],
    ["another type", tiff("MM", big(6, 2))],
    ["a directory outside", tiff("MM", big(6), 0xffffff)],
    ["a directory that wraps", tiff("MM", big(6), 0xffffffff)],
    ["no byte order", [...latin("XX"), 0, 42, 0, 0, 0, 8, 0, 1, ...big(6)]],
    ["an entry cut off", tiff("MM", big(6).slice(0, 5))],
    ["nothing", []],
  ])("with %s means upright", (_, block) => {
    expect(probe(withExif(block))).toMatchObject({ ok: true, orientation: 1 });
  });
});

describe("PNG", () => {
  const png = (width: number, height: number, depth: number, colour: number, rest = [0, 0, 0]) =>
    Uint8Array.of(
      ...latin("\x89PNG\r\n\x1a\n"),
      ...u32(13),
      ...latin("IHDR"),
      ...u32(width),
      ...u32(height),
      depth,
      colour,
      ...rest,
      0,
      0,
      0,
      0,
      ...u32(0),
      ...latin("IDAT"),
    );
  it.each([
    ["sound", png(64, 48, 8, 2), { ok: true }],
    ["no width", png(0, 48, 8, 2), { code: "corrupt_picture" }],
    ["no height", png(64, 0, 8, 2), { code: "corrupt_picture" }],
    ["an impossible depth", png(64, 48, 4, 2), { code: "corrupt_picture" }],
    ["an unknown colour type", png(64, 48, 8, 5), { code: "corrupt_picture" }],
    ["a palette type without palette", png(64, 48, 8, 3), { code: "corrupt_picture" }],
    ["an unknown compression", png(64, 48, 8, 2, [1, 0, 0]), { code: "corrupt_picture" }],
    ["12 MP", png(4000, 3000, 8, 2), { ok: true }],
    ["above 12 MP", png(4000, 3001, 8, 2), { code: "too_many_pixels" }],
    ["65535 wide", png(65_535, 100, 8, 2), { ok: true }],
    [
      "65536 high",
      png(100, 65_536, 8, 2),
      { code: "too_many_pixels", detail: expect.stringContaining("side") },
    ],
    ["12 MP in one row", png(12_000_000, 1, 8, 2), { code: "too_many_pixels" }],
    ["2^31 − 1 squared", png(0x7fffffff, 0x7fffffff, 8, 2), { code: "too_many_pixels" }],
    ["2^32 − 1 wide", png(0xffffffff, 1, 8, 2), { code: "corrupt_picture" }],
  ])("with %s", (_, bytes, expected) => {
    expect(probe(bytes)).toMatchObject(expected);
  });
});

describe("WebP", () => {
  const riff = (...body: number[]) => Uint8Array.of(...latin("RIFF"), ...u32(0), ...latin("WEBP"), ...body);
  const vp8 = (width: number, height: number) => [
    ...latin("VP8 "),
    10,
    0,
    0,
    0,
    0x10,
    0,
    0,
    0x9d,
    0x01,
    0x2a,
    ...u24le(width).slice(0, 2),
    ...u24le(height).slice(0, 2),
  ];
  const alph = [...latin("ALPH"), 2, 0, 0, 0, 0, 0];
  const vp8l = (width: number, height: number) => {
    const bits = BigInt(width - 1) | (BigInt(height - 1) << 14n);
    return [
      ...latin("VP8L"),
      10,
      0,
      0,
      0,
      0x2f,
      ...[0n, 8n, 16n, 24n].map((by) => Number((bits >> by) & 255n)),
      0,
      0,
      0,
      0,
      0,
    ];
  };
  const anmf = (chunks: number[]) => [
    ...latin("ANMF"),
    ...[...u24le(16 + chunks.length), 0],
    ...Array(16).fill(0),
    ...chunks,
  ];
  const vp8x = (flags: number, width: number, height: number) => [
    ...latin("VP8X"),
    10,
    0,
    0,
    0,
    flags,
    0,
    0,
    0,
    ...u24le(width - 1),
    ...u24le(height - 1),
  ];
  it.each([
    ["lossy", riff(...vp8(64, 48)), { ok: true, width: 64, height: 48 }],
    ["no width", riff(...vp8(0, 48)), { code: "corrupt_picture" }],
    ["lossy, 12 MP", riff(...vp8(4000, 3000)), { ok: true }],
    ["lossy, above 12 MP", riff(...vp8(4001, 3000)), { code: "too_many_pixels" }],
    [
      "lossy with transparency, 8 MP",
      riff(...vp8x(0x10, 4000, 2000), ...alph, ...vp8(4000, 2000)),
      { ok: true, hasAlpha: true },
    ],
    [
      "lossy with transparency, above 8 MP",
      riff(...vp8x(0x10, 4001, 2000), ...alph, ...vp8(4001, 2000)),
      { code: "too_many_pixels", detail: expect.stringContaining("WebP with transparency") },
    ],
    [
      "lossy with transparency that the header does not announce, above 8 MP",
      riff(...vp8x(0, 4001, 2000), ...alph, ...vp8(4001, 2000)),
      { code: "too_many_pixels", detail: expect.stringContaining("WebP with transparency") },
    ],
    [
      "with transparency not announced",
      riff(...vp8x(0, 64, 48), ...alph, ...vp8(64, 48)),
      { hasAlpha: true },
    ],
    [
      "animated, lossy with transparency that the header does not announce, above 8 MP",
      riff(...vp8x(2, 4001, 2000), ...anmf([...alph, ...vp8(4001, 2000)])),
      { code: "too_many_pixels", detail: expect.stringContaining("WebP with transparency") },
    ],
    ["lossless, 4 MP", riff(...vp8l(2000, 2000)), { ok: true, width: 2000, height: 2000 }],
    ["lossless, above 4 MP", riff(...vp8l(2001, 2000)), { code: "too_many_pixels" }],
    ["extended, above 12 MP", riff(...vp8x(0, 16384, 16384), ...vp8(64, 48)), { code: "too_many_pixels" }],
    ["extended, of two sizes", riff(...vp8x(0, 64, 48), ...vp8(64, 49)), { code: "corrupt_picture" }],
    ["extended, without picture", riff(...vp8x(0, 64, 48)), { code: "corrupt_picture" }],
    [
      "animated, 12 MP in one row",
      riff(...vp8x(2, 12_000_000, 1), ...anmf(vp8(1, 1))),
      { code: "too_many_pixels" },
    ],
    ["animated, without frames", riff(...vp8x(2, 64, 48)), { code: "corrupt_picture" }],
    ["animated, lossy, 12 MP", riff(...vp8x(2, 4000, 3000), ...anmf(vp8(4000, 3000))), { ok: true }],
    ["animated, lossless, 4 MP", riff(...vp8x(2, 2000, 2000), ...anmf(vp8l(2000, 2000))), { ok: true }],
    [
      "animated, lossless, above 4 MP",
      riff(...vp8x(2, 2001, 2000), ...anmf(vp8l(2001, 2000))),
      { code: "too_many_pixels", detail: expect.stringContaining("lossless") },
    ],
    [
      "animated, lossless behind other chunks, above 4 MP",
      riff(
        ...vp8x(2, 2001, 2000),
        ...[...latin("ANIM"), 6, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ...anmf([...latin("JUNK"), 1, 0, 0, 0, 0, 0, ...vp8l(2001, 2000)]),
      ),
      { code: "too_many_pixels" },
    ],
    ["animated, without picture", riff(...vp8x(2, 64, 48), ...anmf([])), { code: "corrupt_picture" }],
    ["no picture", riff(...latin("ICCP"), 0, 0, 0, 0), { code: "corrupt_picture" }],
  ])("%s", (_, bytes, expected) => {
    expect(probe(bytes)).toMatchObject(expected);
  });
});

it("a WebP's frame that says it goes on for 2 GB is not looked through behind the file's end", () => {
  const bytes = readPicture("animated-lossy.webp");
  const frame = new TextDecoder("latin1").decode(bytes).indexOf("ANMF");
  new DataView(bytes.buffer).setUint32(frame + 4, 0x7fff_ffff, true);
  bytes.fill(0, frame + 24);
  const reads = countReads(() => expect(probe(bytes)).toMatchObject({ code: "corrupt_picture" }));
  expect(reads).toBeLessThan(20 * bytes.length);
});

describe("whatever the bytes are", () => {
  const signatures = [
    "\xff\xd8\xff",
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "RIFF\0\0\0\0WEBPVP8X",
    "RIFF\0\0\0\0WEBPVP8L",
    "",
    "\0\0\0\0ftyp",
    "\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0",
    "GIF89a",
  ];

  it("it says something, and soundly", () => {
    const bytes = fc.tuple(fc.constantFrom(...signatures), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(bytes, ([signature, rest]) => {
        const result = probe(Uint8Array.of(...latin(signature), ...rest));
        if (result.ok) {
          expect(result.width * result.height).toBeGreaterThan(0);
          expect(result.width * result.height).toBeLessThanOrEqual(50_000_000);
        } else expect(result.detail).toMatch(/\.$/);
      }),
      { numRuns: 2000 },
    );
  });

  it("every beginning of a picture is refused or means the same picture", () => {
    for (const name of PICTURE_NAMES) {
      const bytes = readPicture(name);
      const whole = probe(bytes);
      for (let length = 0; length < Math.min(bytes.length, 3000); length++) {
        const result = probe(bytes.subarray(0, length));
        if (result.ok && whole.ok) expect([result.width, result.height]).toEqual([whole.width, whole.height]);
      }
    }
  });

  it("one byte changed never throws", () => {
    const change = fc.record({
      name: fc.constantFrom(...PICTURE_NAMES),
      at: fc.nat(1000),
      value: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ name, at, value }) => {
        const bytes = readPicture(name);
        bytes[at % bytes.length] = value;
        expect(probe(bytes)).toHaveProperty("ok");
      }),
      { numRuns: 1000 },
    );
  });

  it("nothing at all is corrupt, too much is too large", () => {
    expect(probe(new Uint8Array(0))).toMatchObject({ code: "corrupt_picture" });
    expect(probe(new Uint8Array(MAX_PICTURE_BYTES + 1))).toMatchObject({ code: "picture_too_large" });
    expect(probe(new Uint8Array(MAX_PICTURE_BYTES))).toMatchObject({ code: "unsupported_format" });
  });
});
