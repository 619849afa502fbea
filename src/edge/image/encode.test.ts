import { describe, expect, it } from "vitest";
import { picture, psnr } from "../../../tests/fixtures/pictures/picture.ts";
import { probe } from "../source/probe.ts";
import { flatten } from "./alpha.ts";
import { avifQuality } from "./encode/avif-quality.ts";
import { decode, encode, type Pixels } from "./index.ts";

const opaque = picture();
const graded = picture("graded");

async function roundTrip(pixels: Pixels, format: "jpeg" | "webp" | "png", quality: number): Promise<Pixels> {
  const bytes = await encode(pixels, format, quality);
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  expect(probed).toMatchObject({ format, width: pixels.width, height: pixels.height, orientation: 1 });
  return decode(bytes, probed, { longSide: 4096 });
}

describe("what is encoded decodes to the same picture", () => {
  it.each([
    ["jpeg", 85, 28],
    ["jpeg", 95, 32],
    ["webp", 85, 28],
    ["webp", 95, 29],
    ["png", 1, Number.POSITIVE_INFINITY],
  ] as const)("%s at %i above %i dB", async (format, quality, decibels) => {
    expect(psnr(await roundTrip(opaque, format, quality), opaque)).toBeGreaterThanOrEqual(decibels);
  });

  it("PNG keeps alpha exactly, and the colours under it", async () => {
    expect(await roundTrip(graded, "png", 85)).toEqual(graded);
  });

  it("WebP keeps alpha exactly", async () => {
    const alpha = (pixels: Pixels) => pixels.data.filter((_, i) => i % 4 === 3);
    expect(alpha(await roundTrip(graded, "webp", 85))).toEqual(alpha(graded));
  });

  it("JPEG lays it on white", async () => {
    expect(psnr(await roundTrip(graded, "jpeg", 90), flatten(graded, [255, 255, 255]))).toBeGreaterThan(25);
  });

  it("one pixel goes through every format", async () => {
    const pixel: Pixels = { width: 1, height: 1, data: new Uint8ClampedArray([200, 100, 50, 255]) };
    for (const format of ["jpeg", "webp", "png"] as const) {
      const { data } = await roundTrip(pixel, format, 100);
      for (const [i, value] of pixel.data.entries())
        expect(Math.abs((data[i] as number) - value)).toBeLessThan(6);
    }
    expect((await encode(pixel, "avif", 50)).length).toBeGreaterThan(100);
  });
});

describe("AVIF", () => {
  it("is an AVIF file of the picture's size, with alpha where there is some", async () => {
    const text = async (pixels: Pixels) => new TextDecoder("latin1").decode(await encode(pixels, "avif", 85));
    const [plain, alpha] = [await text(opaque), await text(graded)];
    expect(plain.slice(4, 12)).toBe("ftypavif");
    const ispe = Uint8Array.from(plain.slice(plain.indexOf("ispe") + 8).slice(0, 8), (c) => c.charCodeAt(0));
    expect([...ispe]).toEqual([0, 0, 0, 64, 0, 0, 0, 48]);
    const auxiliaryAlpha = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    expect([plain.includes(auxiliaryAlpha), alpha.includes(auxiliaryAlpha)]).toEqual([false, true]);
  });

  it("has a quality that rises with JPEG's", () => {
    const scale = Array.from({ length: 100 }, (_, i) => avifQuality(i + 1));
    expect(scale).toEqual([...scale].sort((a, b) => a - b));
    expect([scale[0], scale[49], scale[84], scale[99]]).toEqual([5, 42, 65, 100]);
  });
});

it.each(["jpeg", "webp", "avif"] as const)("%s of a higher quality is larger", async (format) => {
  const sizes = [];
  for (const quality of [10, 50, 90]) sizes.push((await encode(opaque, format, quality)).length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(new Set(sizes).size).toBe(3);
});

it("the same picture gives the same bytes", async () => {
  for (const format of ["jpeg", "webp", "png", "avif"] as const) {
    expect(await encode(graded, format, 80)).toEqual(await encode(graded, format, 80));
  }
});

it("JPEG is baseline: progressive files take MozJPEG twice the time and memory", async () => {
  const pixels = { width: 64, height: 48, data: new Uint8ClampedArray(64 * 48 * 4).fill(255) };
  const jpeg = String.fromCharCode(...(await encode(pixels, "jpeg", 85)));
  expect(/\xff([\xc0\xc2])/.exec(jpeg)?.[1]).toBe("\xc0"); // SOF0, not SOF2; entropy-coded data escapes every 0xff
});
