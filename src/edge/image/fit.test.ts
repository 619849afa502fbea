import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, picture, pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import {
  type Colour,
  FITS,
  type Fit,
  MAX_OUTPUT_PIXELS,
  MAX_SIDE,
  type Point,
} from "../../contract/transform.ts";
import { applyFit, type Box, planFit } from "./fit.ts";
import type { Pixels } from "./pixels.ts";

type Size = [width: number, height: number];

describe("the size of what comes out", () => {
  const cases: [fit: Fit, picture: Size, box: [number | undefined, number | undefined], out: Size][] = [
    ["scale-down", [800, 600], [400, 400], [400, 300]],
    ["scale-down", [800, 600], [1600, 1600], [800, 600]],
    ["scale-down", [800, 600], [400, undefined], [400, 300]],
    ["scale-down", [800, 600], [undefined, 300], [400, 300]],
    ["scale-down", [800, 600], [undefined, undefined], [800, 600]],
    ["contain", [800, 600], [400, 400], [400, 300]],
    ["contain", [800, 600], [1600, 1600], [1600, 1200]],
    ["contain", [800, 600], [undefined, 1200], [1600, 1200]],
    ["cover", [800, 600], [400, 400], [400, 400]],
    ["cover", [800, 600], [1000, 1000], [1000, 1000]],
    ["cover", [800, 600], [400, undefined], [400, 300]],
    ["crop", [800, 600], [400, 400], [400, 400]],
    ["crop", [800, 600], [1600, 1600], [800, 600]],
    ["crop", [800, 600], [1600, 300], [800, 300]],
    ["crop", [800, 600], [400, undefined], [400, 300]],
    ["pad", [800, 600], [400, 400], [400, 400]],
    ["pad", [800, 600], [1000, 1000], [1000, 1000]],
    ["pad", [800, 600], [400, undefined], [400, 300]],
    ["contain", [768, 768], [2048, undefined], [1448, 1448]],
    ["contain", [768, 768], [2048, 2048], [1448, 1448]],
    ["cover", [576, 768], [undefined, 2048], [1254, 1672]],
    ["pad", [768, 512], [2048, undefined], [1774, 1182]],
    ["scale-down", [3000, 3000], [2000, undefined], [2000, 2000]], // nothing is enlarged
    ["contain", [1000, 1], [100, 100], [100, 1]],
    ["contain", [1, 1000], [12_000, undefined], [12, 12_000]],
  ];
  it.each(cases)("%s of %j in %j is %j", (mode, [width, height], [boxWidth, boxHeight], expected) => {
    const { canvas } = planFit(
      { width, height },
      { width: boxWidth, height: boxHeight, fit: mode, maxPixels: MAX_OUTPUT_PIXELS },
    );
    expect([canvas.width, canvas.height]).toEqual(expected);
  });

  const side = fc.integer({ min: 1, max: 4000 });
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const boxSide = fc.option(fc.integer({ min: 1, max: MAX_SIDE }), { nil: undefined });
  it("never exceeds the box, the picture, or sense", () => {
    fc.assert(
      fc.property(
        side,
        side,
        boxSide,
        boxSide,
        fc.constantFrom(...FITS),
        fc.record({ x: fraction, y: fraction }),
        (width, height, boxWidth, boxHeight, mode, gravity) => {
          const box = { width: boxWidth, height: boxHeight, fit: mode, maxPixels: MAX_OUTPUT_PIXELS };
          const { crop, size, canvas } = planFit({ width, height }, box, gravity);
          for (const value of [crop.width, crop.height, size.width, size.height])
            expect(value).toBeGreaterThanOrEqual(1);
          expect(crop.x).toBeGreaterThanOrEqual(0);
          expect(crop.y).toBeGreaterThanOrEqual(0);
          expect(crop.x + crop.width).toBeLessThanOrEqual(width);
          expect(crop.y + crop.height).toBeLessThanOrEqual(height);
          expect(size.width).toBeLessThanOrEqual(canvas.width);
          expect(size.height).toBeLessThanOrEqual(canvas.height);
          if (boxWidth !== undefined) expect(canvas.width).toBeLessThanOrEqual(boxWidth);
          if (boxHeight !== undefined) expect(canvas.height).toBeLessThanOrEqual(boxHeight);
          const mayEnlarge = mode !== "scale-down" && mode !== "crop";
          const isOpen = (boxWidth === undefined) !== (boxHeight === undefined);
          if (!mayEnlarge) {
            expect(size.width).toBeLessThanOrEqual(width);
            expect(size.height).toBeLessThanOrEqual(height);
          }
          const isContained = mode === "contain" && boxWidth !== undefined && boxHeight !== undefined;
          if ((mayEnlarge && isOpen) || isContained)
            expect(size.width * size.height).toBeLessThanOrEqual(MAX_OUTPUT_PIXELS + 4096);
          const isFilled =
            boxWidth !== undefined && boxHeight !== undefined && (mode === "cover" || mode === "pad");
          if (isFilled) expect([canvas.width, canvas.height]).toEqual([boxWidth, boxHeight]);
        },
      ),
    );
  });
});

describe("what a crop keeps", () => {
  const cases: [picture: Size, box: Size, gravity: Point, at: [x: number, y: number]][] = [
    [[800, 600], [300, 300], { x: 0, y: 0.5 }, [0, 0]],
    [[800, 600], [300, 300], { x: 1, y: 0.5 }, [200, 0]],
    [[800, 600], [300, 300], { x: 0.5, y: 1 }, [100, 0]],
    [[800, 600], [300, 300], { x: 0.25, y: 0 }, [50, 0]],
    [[600, 800], [300, 300], { x: 0, y: 0 }, [0, 0]],
    [[600, 800], [300, 300], { x: 0, y: 0.33 }, [0, 66]],
    [[600, 800], [300, 300], { x: 0, y: 1 }, [0, 200]],
  ];
  it.each(cases)("of %j in %j by %j begins at %j", (picture, box, gravity, at) => {
    const [width, height] = picture;
    const [boxWidth, boxHeight] = box;
    for (const mode of ["cover", "crop"] as const) {
      const sized = { width: boxWidth, height: boxHeight, fit: mode, maxPixels: MAX_OUTPUT_PIXELS };
      const { crop } = planFit({ width, height }, sized, gravity);
      expect([crop.x, crop.y]).toEqual(at);
    }
  });

  it("has the point in it, as far along as it is in the picture", () => {
    const side = fc.integer({ min: 50, max: 4000 });
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(side, side, side, side, fraction, fraction, (width, height, boxWidth, boxHeight, x, y) => {
        const box = { width: Math.min(boxWidth, MAX_SIDE), height: Math.min(boxHeight, MAX_SIDE) };
        const sized = { ...box, fit: "crop", maxPixels: MAX_OUTPUT_PIXELS } as const;
        const { crop } = planFit({ width, height }, sized, { x, y });
        expect(Math.abs(width * x - crop.x - crop.width * x)).toBeLessThanOrEqual(1);
        expect(Math.abs(height * y - crop.y - crop.height * y)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("what is seen", () => {
  const fitPicture = (pixels: Pixels, box: Box, background: Colour) =>
    applyFit(pixels, planFit(pixels, box), background);

  const maxPixels = MAX_OUTPUT_PIXELS;
  const thirds = paint(90, 30, (x) =>
    x < 30 ? [255, 0, 0, 255] : x < 60 ? [0, 255, 0, 255] : [0, 0, 255, 255],
  );

  it("cover keeps the middle", async () => {
    const { width, height, data } = await fitPicture(
      thirds,
      { width: 30, height: 30, fit: "cover", maxPixels },
      [0, 0, 0, 0],
    );
    expect([width, height]).toEqual([30, 30]);
    for (let i = 0; i < data.length; i += 4) expect([...data.subarray(i, i + 4)]).toEqual([0, 255, 0, 255]);
  });

  it("pad shows the background above and below, the picture between", async () => {
    const padded = await fitPicture(thirds, { width: 90, height: 90, fit: "pad", maxPixels }, [1, 2, 3, 255]);
    expect(pixelAt(padded, 45, 29)).toEqual([1, 2, 3, 255]);
    expect(pixelAt(padded, 45, 30)).toEqual([0, 255, 0, 255]);
    expect(pixelAt(padded, 45, 59)).toEqual([0, 255, 0, 255]);
    expect(pixelAt(padded, 45, 60)).toEqual([1, 2, 3, 255]);
  });

  it("pad shows the background through a transparent picture", async () => {
    const half = paint(2, 1, (x) => [200, 100, 0, x === 0 ? 0 : 128]);
    const white = await fitPicture(
      half,
      { width: 2, height: 3, fit: "pad", maxPixels },
      [255, 255, 255, 255],
    );
    expect([pixelAt(white, 0, 1), pixelAt(white, 1, 1)]).toEqual([
      [255, 255, 255, 255],
      [227, 177, 127, 255],
    ]);
    const clear = await fitPicture(half, { width: 2, height: 3, fit: "pad", maxPixels }, [255, 255, 255, 0]);
    expect([pixelAt(clear, 0, 1)[3], pixelAt(clear, 1, 1)]).toEqual([0, [200, 100, 0, 128]]);
  });

  it("a background shows through a transparent picture without bars, as opaque as it is itself", async () => {
    const half = paint(2, 1, (x) => [200, 100, 0, x === 0 ? 0 : 128]);
    const box = { fit: "scale-down", maxPixels } as const;
    const red = await fitPicture(half, box, [255, 0, 0, 255]);
    expect([pixelAt(red, 0, 0), pixelAt(red, 1, 0)]).toEqual([
      [255, 0, 0, 255],
      [227, 50, 0, 255],
    ]);
    const glass = await fitPicture(half, box, [255, 0, 0, 128]);
    expect(pixelAt(glass, 0, 0)).toEqual([255, 0, 0, 128]);
    expect(pixelAt(glass, 1, 0)[3]).toBe(192); // 1 - (1 - 128 / 255)²
    expect(await fitPicture(half, box, [255, 0, 0, 0])).toBe(half);
  });

  it("nothing to do gives the picture itself", async () => {
    const same = picture();
    expect(await fitPicture(same, { width: 500, fit: "scale-down", maxPixels }, [0, 0, 0, 0])).toBe(same);
  });
});
