import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURE_NAMES, type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { luma, mapPixels, paint, picture, pixelAt, psnr } from "../../../tests/fixtures/pictures/picture.ts";
import type { Orientation, Probe } from "../source/probe/types.ts";
import { probe } from "../source/probe.ts";
import { readChunks } from "./decode/png-chunks.ts";
import { sliced } from "./decode/png-inflate.ts";
import { decode, encode } from "./index.ts";
import { orient } from "./orientation.ts";
import { DecodeError, type Pixels } from "./pixels.ts";

const LARGE = { longSide: 4096 };

function probed(bytes: Uint8Array): Probe {
  const result = probe(bytes);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

const decoded = (bytes: Uint8Array, target = LARGE) => decode(bytes, probed(bytes), target);

const opaque = picture();
const graded = picture("graded");
const gray = mapPixels(opaque, (colour) => [luma(colour), luma(colour), luma(colour), 255]);

describe("lossless pictures come out exactly", () => {
  const keyed = mapPixels(opaque, ([r, g, b]) => [r, g, b, r === 255 && g === 0 && b === 0 ? 0 : 255]);
  const cases: [PictureName, Pixels][] = [
    ["rgb.png", opaque],
    ["rgba.png", graded],
    ["gray.png", gray],
    [
      "gray-alpha.png",
      paint(64, 48, (x, y) => [
        ...(pixelAt(gray, x, y).slice(0, 3) as [number, number, number]),
        pixelAt(graded, x, y)[3],
      ]),
    ],
    ["bilevel.png", mapPixels(gray, ([v]) => (v > 127 ? [255, 255, 255, 255] : [0, 0, 0, 255]))],
    ["rgb-key.png", keyed],
    ["rgb-16bit.png", opaque],
    ["rgba-16bit-interlaced.png", graded],
    ["rgb-interlaced.png", opaque],
    ["narrow-interlaced.png", paint(2, 3, () => [255, 0, 0, 255])],
    ["lossless.webp", opaque],
    ["lossless-alpha.webp", graded],
  ];
  it.each(cases)("%s", async (name, expected) => {
    expect(await decoded(readPicture(name))).toEqual(expected);
  });
});

describe("a JPEG without its end", () => {
  const names = PICTURE_NAMES.filter((name) => /\.jpg$/.test(name));

  it.each(names)("is the same picture where it has all of its data: %s", async (name) => {
    const file = readPicture(name);
    const expected = await decoded(file);
    expect(file.subarray(-2)).toEqual(Uint8Array.of(0xff, 0xd9));
    expect(await decoded(file.subarray(0, -2))).toEqual(expected);
    expect(await decoded(file.subarray(0, -1))).toEqual(expected);
    expect(await decoded(Uint8Array.of(...file.subarray(0, -2), 0, 0, 0, 0))).toEqual(expected);
  });

  it.each(["baseline-420.jpg", "progressive-420.jpg", "gray.jpg", "cmyk-progressive.jpg"] as const)(
    "is broken where any of its data is missing: %s",
    async (name) => {
      const file = readPicture(name);
      const expected = await decoded(file);
      for (let cut = 3; cut < file.length - 20; cut++) {
        const bytes = file.subarray(0, -cut);
        if (!probe(bytes).ok) continue;
        const result = await decoded(bytes).catch((error: unknown) => error);
        // A last bit may be missing that would have said that nothing follows.
        if (!(result instanceof DecodeError)) expect({ cut, result }).toEqual({ cut, result: expected });
      }
      await expect(decoded(file.subarray(0, -100))).rejects.toThrow(DecodeError);
      await expect(decoded(file.subarray(0, -4))).rejects.toThrow(DecodeError);
    },
  );

  it("at reduced scale too", async () => {
    const file = readPicture("large.jpg");
    const target = { longSide: 96 };
    expect(await decoded(file.subarray(0, -2), target)).toEqual(await decoded(file, target));
    await expect(decoded(file.subarray(0, -1000), target)).rejects.toThrow(DecodeError);
  });
});

describe("lossy pictures come out alike", () => {
  const cases: [PictureName, Pixels, number][] = [
    ["baseline-444.jpg", opaque, 37],
    ["baseline-422.jpg", opaque, 30],
    ["baseline-420.jpg", opaque, 28],
    ["progressive-444.jpg", opaque, 37],
    ["progressive-420.jpg", opaque, 28],
    ["restart.jpg", opaque, 28],
    ["rgb.jpg", opaque, 37],
    ["gray.jpg", gray, 40],
    ["cmyk.jpg", opaque, 33],
    ["cmyk-progressive.jpg", opaque, 33],
    ["cmyk-plain.jpg", opaque, 33],
    ["palette.png", opaque, 26],
    ["palette-4bit.png", opaque, 20],
    ["lossy.webp", opaque, 28],
    ["lossy-alpha.webp", graded, 28],
    ["still.gif", opaque, 26],
    ["interlaced.gif", opaque, 26],
    ["420.avif", opaque, 28],
    ["444.avif", opaque, 37],
    ["10bit.avif", opaque, 37],
    ["gray.avif", gray, 37],
    ["alpha.avif", graded, 37],
    ["420.heic", opaque, 28],
    ["444.heic", opaque, 37],
    ["10bit.heic", opaque, 37],
    ["limited.heic", opaque, 37],
    ["gray.heic", gray, 37],
    ["alpha.heic", graded, 37],
    ["premultiplied.heic", graded, 36],
    ["pillow.heic", opaque, 28],
  ];
  it.each(cases)("%s", async (name, expected, decibels) => {
    expect(psnr(await decoded(readPicture(name)), expected)).toBeGreaterThan(decibels);
  });

  it("a palette's alpha is looked up like its colours", async () => {
    const [plain, alpha] = [
      await decoded(readPicture("palette.png")),
      await decoded(readPicture("palette-alpha.png")),
    ];
    const alphas = new Set(alpha.data.filter((_, i) => i % 4 === 3));
    expect(mapPixels(alpha, ([r, g, b]) => [r, g, b, 255])).toEqual(plain);
    expect([...alphas].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });

  it("lossy WebP keeps its alpha without loss", async () => {
    const alphaOf = (pixels: Pixels) => pixels.data.filter((_, i) => i % 4 === 3);
    expect(alphaOf(await decoded(readPicture("lossy-alpha.webp")))).toEqual(alphaOf(graded));
  });
});

describe("of an animation, the first frame", () => {
  it("PNG", async () => expect(await decoded(readPicture("animated.png"))).toEqual(opaque));
  it("lossless WebP", async () =>
    expect(await decoded(readPicture("animated-lossless.webp"))).toEqual(graded));
  it("lossy WebP with alpha", async () => {
    expect(psnr(await decoded(readPicture("animated-lossy.webp")), graded)).toBeGreaterThan(28);
  });
  it("WebP whose frame lies inside the canvas, which is transparent around it", async () => {
    const around = (x: number, y: number) => x < 10 || y < 6 || x >= 74 || y >= 54;
    const expected = paint(80, 60, (x, y) => (around(x, y) ? [0, 0, 0, 0] : pixelAt(opaque, x - 10, y - 6)));
    expect(await decoded(readPicture("animated-offset.webp"))).toEqual(expected);
  });
});

it("what follows a JPEG's end, such as a motion photo's video, is not looked at", async () => {
  const video = new Uint8Array(2000).map((_, i) => [0xff, 0xda, 0, 8][i % 4] as number);
  const photo = readPicture("progressive-420.jpg");
  expect(await decoded(Uint8Array.of(...photo, ...video))).toEqual(await decoded(photo));
});

describe("reduction", () => {
  it("gives the target's size from the DCT domain", async () => {
    const reduced = await decoded(readPicture("large.jpg"), { longSide: 64 });
    expect(psnr(reduced, opaque)).toBeGreaterThan(30);
  });
  it("averages the rows of other formats", async () => {
    const block = paint(640, 480, (x, y) => pixelAt(graded, Math.floor(x / 10), Math.floor(y / 10)));
    const reduced = await decoded(await encode(block, "png", 100), { longSide: 64 });
    expect(psnr(reduced, graded)).toBeGreaterThan(30);
    const alpha = (x: number, y: number) => pixelAt(reduced, x, y)[3];
    expect([alpha(2, 20), alpha(60, 20)]).toEqual([0, 255]);
  });
  it("never enlarges", async () => {
    const { width, height } = await decoded(readPicture("baseline-420.jpg"), { longSide: 2048 });
    expect([width, height]).toEqual([64, 48]);
  });
  it.each([1, 7, 31, 33, 63, 64])("brings the long side to %i", async (longSide) => {
    for (const name of [
      "baseline-420.jpg",
      "rgb.png",
      "lossy.webp",
      "rgb-interlaced.png",
      "still.gif",
      "420.avif",
      "420.heic",
    ] as const) {
      const { width, height, data } = await decoded(readPicture(name), { longSide });
      expect([width, height]).toEqual([longSide, Math.round((longSide * 48) / 64)]);
      expect(data.length).toBe(width * height * 4);
    }
  });
  it("keeps a line of pixels", async () => {
    const line = paint(1, 3000, (_, y) => [y % 256, 0, 0, 255]);
    const { width, height } = await decoded(await encode(line, "png", 100), { longSide: 300 });
    expect([width, height]).toEqual([1, 300]);
  });
});

describe("EXIF orientation", () => {
  /** Where the upright picture's pixel (x, y) lies in a stored picture of w × h. Exif 3.0 §4.6.5.1. */
  const STORED: Record<Orientation, (x: number, y: number, w: number, h: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y, w) => [w - 1 - x, y],
    3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
    4: (x, y, _w, h) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, _w, h) => [y, h - 1 - x],
    7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
    8: (x, y, w) => [w - 1 - y, x],
  };
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  const upright = (stored: Pixels, orientation: Orientation) => {
    const [w, h] = orientation >= 5 ? [stored.height, stored.width] : [stored.width, stored.height];
    return paint(w, h, (x, y) => pixelAt(stored, ...STORED[orientation](x, y, stored.width, stored.height)));
  };

  /** A JPEG with an Exif segment of one entry behind its first marker. */
  function withOrientation(jpeg: Uint8Array, orientation: number, little: boolean): Uint8Array {
    const segment = new Uint8Array(36);
    const view = new DataView(segment.buffer);
    segment.set([
      0xff,
      0xe1,
      0,
      34,
      ...[..."Exif\0\0", ...(little ? "II" : "MM")].map((c) => c.charCodeAt(0)),
    ]);
    view.setUint16(12, 42, little);
    view.setUint32(14, 8, little);
    view.setUint16(18, 1, little);
    view.setUint16(20, 0x0112, little);
    view.setUint16(22, 3, little);
    view.setUint32(24, 1, little);
    view.setUint16(28, orientation, little);
    return Uint8Array.from([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
  }

  const portrait = paint(48, 64, (x, y) => pixelAt(opaque, y, x));
  for (const [shape, stored] of [
    ["landscape", opaque],
    ["portrait", portrait],
  ] as const) {
    it.each(orientations)(`${shape}, orientation %i, both byte orders`, async (orientation) => {
      const plain = await encode(stored, "jpeg", 90);
      const expected = upright(await decoded(plain), orientation);
      for (const little of [true, false]) {
        expect(await decoded(withOrientation(plain, orientation, little))).toEqual(expected);
      }
    });
  }

  it.each(["exif-6.jpg", "exif-6.png", "exif-6.webp"] as const)("%s is turned clockwise", async (name) => {
    expect(psnr(await decoded(readPicture(name)), upright(opaque, 6))).toBeGreaterThan(28);
  });

  it("is applied after reduction, so that the upright size is right", async () => {
    const turned = withOrientation(readPicture("large.jpg"), 6, true);
    const { width, height } = await decoded(turned, { longSide: 64 });
    expect([width, height]).toEqual([48, 64]);
  });

  it("undone by its inverse gives the picture back, whatever its size", () => {
    const inverse: Record<Orientation, Orientation> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 };
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(...orientations),
    );
    fc.assert(
      fc.property(sizes, ([width, height, orientation]) => {
        const stored = paint(width, height, (x, y) => [x, y, x * y, 255]);
        expect(orient(stored, orientation)).toEqual(upright(stored, orientation));
        expect(orient(orient(stored, orientation), inverse[orientation])).toEqual(stored);
      }),
    );
  });
});

describe("broken data", () => {
  /** Decodes what the probe lets through. Anything but pixels or a DecodeError comes out. */
  async function attempt(bytes: Uint8Array): Promise<"refused" | "broken" | "decoded"> {
    const result = probe(bytes);
    if (!result.ok) return "refused";
    try {
      const { width, height, data } = await decode(bytes, result, LARGE);
      expect(data.length).toBe(width * height * 4);
      return "decoded";
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return "broken";
    }
  }

  /** A zlib stream of zeros. */
  async function deflated(zeros: number): Promise<Uint8Array> {
    const { readable, writable } = new CompressionStream("deflate");
    const done = new Response(readable).bytes();
    const writer = writable.getWriter();
    await writer.write(new Uint8Array(zeros));
    await writer.close();
    return done;
  }

  function pngChunk(type: string, body: Uint8Array): Uint8Array {
    const chunk = new Uint8Array(body.length + 12);
    const view = new DataView(chunk.buffer);
    view.setUint32(0, body.length);
    chunk.set(new TextEncoder().encode(type), 4);
    chunk.set(body, 8);
    view.setUint32(8 + body.length, crc32(chunk.subarray(4, 8 + body.length)));
    return chunk;
  }

  const small = PICTURE_NAMES.filter((name) => name !== "large.jpg" && name !== "phone.heic");

  it.each(small.filter((name) => name.endsWith(".png")))("%s cut in half is refused", async (name) => {
    const bytes = readPicture(name);
    expect(await attempt(bytes.subarray(0, bytes.length / 2))).not.toBe("decoded");
  });

  it.each([
    "lossy.webp",
    "lossless-alpha.webp",
    "animated-lossless.webp",
    "baseline-420.jpg",
    "gray.jpg",
    "still.gif",
    "444.avif",
    "444.heic",
    "tiled.heic",
  ] as const)("%s cut in half is refused", async (name) => {
    const bytes = readPicture(name);
    expect(await attempt(bytes.subarray(0, bytes.length / 2))).not.toBe("decoded");
  });

  it("a PNG with a wrong checksum says which chunk", async () => {
    const bytes = readPicture("rgb.png");
    bytes[60] = (bytes[60] as number) ^ 1;
    await expect(decoded(bytes)).rejects.toThrow("The PNG's IDAT chunk has a wrong checksum.");
  });

  it("a PNG that inflates to more than its header says is not inflated further", async () => {
    const bomb = await deflated(32 * 1024 * 1024);
    const head = (
      await encode(
        paint(1, 1, () => [0, 0, 0, 0]),
        "png",
        100,
      )
    ).subarray(0, 33);
    const bytes = Uint8Array.from([
      ...head,
      ...pngChunk("IDAT", bomb),
      ...pngChunk("IEND", new Uint8Array(0)),
    ]);
    expect(await decoded(bytes)).toEqual(paint(1, 1, () => [0, 0, 0, 0]));
  });

  it("a PNG with too few rows is refused", async () => {
    const head = (await encode(opaque, "png", 100)).subarray(0, 33);
    const data = await deflated(47 * (1 + 64 * 4));
    const bytes = Uint8Array.from([
      ...head,
      ...pngChunk("IDAT", data),
      ...pngChunk("IEND", new Uint8Array(0)),
    ]);
    await expect(decoded(bytes)).rejects.toThrow("The PNG's data ends too early.");
  });

  it("a PNG may have its data in many tiny and empty chunks, which cost nothing", async () => {
    const bytes = readPicture("rgb.png");
    const chunks = readChunks(bytes);
    const data = [...chunks.data].flatMap((chunk) => [...chunk]);
    const spread = data.flatMap((byte) => [new Uint8Array(0), Uint8Array.of(byte), new Uint8Array(0)]);
    const file = [bytes.subarray(0, 33), ...spread.map((piece) => pngChunk("IDAT", piece))];
    file.push(pngChunk("IEND", new Uint8Array(0)));
    const spreadFile = new Uint8Array(await new Blob(file).arrayBuffer());
    expect(await decoded(spreadFile)).toEqual(await decoded(bytes));

    const slices = [...sliced(readChunks(spreadFile).data)];
    expect(slices.map(({ length }) => length)).toEqual([data.length]); // one write, one promise
    expect(Array.isArray(readChunks(spreadFile).data)).toBe(false); // a list of millions would take 250 MB
  });

  it("a PNG's data is inflated in slices, wherever its chunks begin", () => {
    const data = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
    for (const size of [1, 8191, 8192, 8193, 20_000]) {
      const chunks = Array.from({ length: Math.ceil(20_000 / size) }, (_, i) =>
        data.subarray(i * size, (i + 1) * size),
      );
      const slices = [...sliced(chunks)];
      expect(slices.map(({ length }) => length)).toEqual([8192, 8192, 3616]);
      expect(slices.flatMap((slice) => [...slice])).toEqual([...data]);
    }
  });

  it("an animation's frame outside its canvas is refused", async () => {
    const bytes = readPicture("animated-offset.webp");
    const frame = new TextDecoder("latin1").decode(bytes).indexOf("ANMF");
    bytes[frame + 8] = 60; // x = 120 of 80
    await expect(decoded(bytes)).rejects.toThrow("The WebP's first frame lies outside its canvas.");
  });

  it("cut anywhere gives pixels or a DecodeError, and the codec lives on", async () => {
    for (const name of [
      "progressive-420.jpg",
      "cmyk.jpg",
      "rgb-interlaced.png",
      "lossy-alpha.webp",
      "animated-lossy.webp",
      "interlaced.gif",
      "alpha.avif",
      "alpha.heic",
    ] as const) {
      const bytes = readPicture(name);
      for (let length = 0; length < bytes.length; length += 29) await attempt(bytes.subarray(0, length));
      expect(await attempt(bytes)).toBe("decoded");
    }
  });

  it("changed anywhere gives pixels or a DecodeError, and the codec lives on", async () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const changed = fc.record({
      name: fc.constantFrom(...small),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(changed, async ({ name, changes }) => {
        const bytes = readPicture(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        await attempt(bytes);
        expect(await attempt(readPicture(name))).toBe("decoded");
      }),
      { numRuns: 300 },
    );
  });

  it("many at once do not disturb each other", async () => {
    const names = ["baseline-444.jpg", "rgb.png", "lossless.webp", "animated-lossless.webp"] as const;
    const alone = await Promise.all(names.map((name) => decoded(readPicture(name))));
    const broken = readPicture("baseline-444.jpg").subarray(0, 700);
    const together = await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        i % 3 === 2 ? attempt(broken) : decoded(readPicture(names[i % 4] as PictureName)),
      ),
    );
    together.forEach((result, i) => {
      expect(result).toEqual(i % 3 === 2 ? "broken" : alone[i % 4]);
    });
  });
});
