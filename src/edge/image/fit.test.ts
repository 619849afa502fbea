import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, picture, pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import { FITS, type Fit, MAX_OUTPUT_PIXELS, MAX_SIDE } from "../../contract/transform.ts";
import { fit as fitPicture, planFit } from "./fit.ts";

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
    ["contain", [1, 1000], [2048, undefined], [2, 2048]],
  ];
  it.each(cases)("%s of %j in %j is %j", (mode, [width, height], [boxWidth, boxHeight], expected) => {
    const { canvas } = planFit(width, height, {
      width: boxWidth,
      height: boxHeight,
      fit: mode,
      maxPixels: MAX_OUTPUT_PIXELS,
    });
    expect([canvas.width, canvas.height]).toEqual(expected);
  });

  const side = fc.integer({ min: 1, max: 4000 });
  const boxSide = fc.option(fc.integer({ min: 1, max: MAX_SIDE }), { nil: undefined });
  it("never exceeds the box, the picture, or sense", () => {
    fc.assert(
      fc.property(
        side,
        side,
        boxSide,
        boxSide,
        fc.constantFrom(...FITS),
        (width, height, boxWidth, boxHeight, mode) => {
          const { crop, size, canvas } = planFit(width, height, {
            width: boxWidth,
            height: boxHeight,
            fit: mode,
            maxPixels: MAX_OUTPUT_PIXELS,
          });
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

describe("what is seen", () => {
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

  it("nothing to do gives the picture itself", async () => {
    const same = picture();
    expect(await fitPicture(same, { width: 500, fit: "scale-down", maxPixels }, [0, 0, 0, 0])).toBe(same);
  });
});
