import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, picture, pixelAt, psnr } from "../../../tests/fixtures/pictures/picture.ts";
import { flatten } from "./alpha.ts";
import { blend, fromRgb, hasAlpha, toRgb } from "./index.ts";
import { resize } from "./resize.ts";
import { Shrink, shrinkFactor } from "./shrink.ts";

const opaque = picture();
const graded = picture("graded");

describe("resize", () => {
  it("there and back loses little", async () => {
    const smooth = paint(64, 48, (x, y) => [2 * x + 50, 3 * y + 40, 200 - x - y, 255]);
    expect(psnr(await resize(await resize(smooth, 32, 24), 64, 48), smooth)).toBeGreaterThan(45);
  });
  it("a single colour stays that colour", async () => {
    const plain = paint(50, 40, () => [200, 100, 50, 255]);
    for (const [width, height] of [
      [1, 1],
      [7, 90],
      [200, 3],
    ] as const) {
      expect(await resize(plain, width, height)).toEqual(paint(width, height, () => [200, 100, 50, 255]));
    }
  });
  it("and a transparent one that transparent colour, as far as its alpha can tell", async () => {
    for (const alpha of [1, 64, 128, 254]) {
      const { data } = await resize(
        paint(50, 40, () => [200, 100, 50, alpha]),
        70,
        30,
      );
      for (let i = 0; i < data.length; i += 4) {
        expect(data[i + 3]).toBe(alpha);
        for (const [c, value] of [200, 100, 50].entries())
          expect(Math.abs((data[i + c] as number) - value) * alpha).toBeLessThanOrEqual(255 / 2 + alpha);
      }
    }
  });
  it("what is hidden does not bleed out", async () => {
    const edge = paint(40, 40, (x) => (x < 20 ? [255, 0, 0, 0] : [0, 0, 255, 255]));
    const { data } = await resize(edge, 15, 15);
    for (let i = 0; i < data.length; i += 4) if ((data[i + 3] as number) > 8) expect(data[i]).toBeLessThan(8);
  });
  it("the same size is the same object", async () => {
    expect(await resize(opaque, 64, 48)).toBe(opaque);
  });
});

describe("shrink", () => {
  it("averages blocks, weighted by alpha", () => {
    const shrink = new Shrink({ width: 4, height: 2 }, { width: 2, height: 1 });
    shrink.push(Uint8Array.of(10, 0, 0, 255, 20, 0, 0, 255, 200, 0, 0, 255, 9, 9, 9, 0));
    shrink.push(Uint8Array.of(30, 0, 0, 255, 40, 0, 0, 255, 9, 9, 9, 0, 9, 9, 9, 0));
    const { width, height, data } = shrink.finish();
    expect([width, height, ...data]).toEqual([2, 1, 25, 0, 0, 255, 200, 0, 0, 64]);
  });
  it("divides pixels between blocks where the factor does not fit", () => {
    const shrink = new Shrink({ width: 5, height: 2 }, { width: 2, height: 1 }); // two blocks of 2.5 pixels
    for (let y = 0; y < 2; y++)
      shrink.push(Uint8Array.from([10, 20, 30, 40, 50].flatMap((v) => [v, v, v, 255])));
    const { width, height, data } = shrink.finish();
    expect([width, height, ...data]).toEqual([2, 1, 18, 18, 18, 255, 42, 42, 42, 255]);
  });
  it("keeps a single colour, whatever the size", () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat());
    fc.assert(
      fc.property(sides, ([width, height, seed]) => {
        const to = { width: 1 + (seed % width), height: 1 + (seed % height) };
        const shrink = new Shrink({ width, height }, to);
        for (let y = 0; y < height; y++) shrink.push(new Uint8Array(width * 4).fill(201));
        for (const value of shrink.finish().data) expect(value).toBe(201);
      }),
    );
  });
  it("by 1 changes nothing, colours that cannot be seen included", () => {
    const rows = [Uint8Array.of(1, 2, 3, 0, 5, 6, 7, 8), Uint8Array.of(9, 10, 11, 12, 13, 14, 15, 0)];
    const shrink = new Shrink({ width: 2, height: 2 }, { width: 2, height: 2 });
    for (const row of rows) shrink.push(row);
    expect([...shrink.finish().data]).toEqual(rows.flatMap((row) => [...row]));
  });
  it.each([
    [4000, 3000, 768, 2],
    [4000, 3000, 4000, 1],
    [1000, 1000, 768, 1],
    [4000, 3000, 1600, 2], // nearer than usual: 12 MP would be held twice
    [3000, 1, 300, 1],
    [64, 48, 1, 32],
  ])("%i × %i to %i is by %i", (width, height, longSide, factor) => {
    expect(shrinkFactor(width, height, longSide)).toBe(factor);
  });
});

describe("alpha", () => {
  it("is had by a picture with one pixel that is not opaque", () => {
    expect([hasAlpha(opaque), hasAlpha(graded)]).toEqual([false, true]);
    const almost = paint(9, 9, (x, y) => [0, 0, 0, x === 8 && y === 8 ? 254 : 255]);
    expect(hasAlpha(almost)).toBe(true);
  });
  it("is laid on the background", () => {
    const pixels = {
      width: 3,
      height: 1,
      data: new Uint8ClampedArray([100, 0, 0, 255, 100, 0, 0, 0, 100, 0, 50, 51]),
    };
    expect([...flatten(pixels, [0, 200, 255]).data]).toEqual([
      100, 0, 0, 255, 0, 200, 255, 255, 20, 160, 214, 255,
    ]);
  });
});

describe("the network's tensors", () => {
  it("are the picture on white, and come back with its alpha", () => {
    const rgb = toRgb(graded);
    expect([...rgb.subarray(0, 3)]).toEqual([255, 255, 255]);
    const back = fromRgb(rgb, 64, 48, graded);
    expect(pixelAt(back, 0, 0)).toEqual([255, 255, 255, 0]);
    expect(pixelAt(back, 50, 40)).toEqual(pixelAt(graded, 50, 40));
    expect(fromRgb(toRgb(opaque), 64, 48)).toEqual(opaque);
  });
  it("must have the size they are said to have", () => {
    expect(() => fromRgb(new Uint8Array(11), 2, 2)).toThrow(RangeError);
    expect(() => fromRgb(new Uint8Array(12), 2, 2, opaque)).toThrow(RangeError);
  });
});

describe("blend", () => {
  const black = paint(2, 2, () => [0, 0, 0, 255]);
  const colour = paint(2, 2, () => [200, 100, 50, 255]);
  it("goes from the photo to the stylized picture", () => {
    expect(blend(black, colour, 0)).toEqual(black);
    expect(blend(black, colour, 0.5)).toEqual(paint(2, 2, () => [146, 71, 34, 255])); // half their light
    expect(blend(black, colour, 1)).toEqual(colour);
  });
  it("leaves what both have in common as it is", () => {
    const grays = paint(256, 1, (x) => [x, x, x, 255 - x]);
    expect(blend(grays, grays, 0.37)).toEqual(grays);
  });
  it("needs equal sizes", () => expect(() => blend(black, opaque, 0.5)).toThrow(RangeError));
});
