import fc from "fast-check";
import { describe, expect, it } from "vitest";
import drawing from "../../../tests/fixtures/pictures/drawing.jpg?bytes";
import { paint } from "../../../tests/fixtures/pictures/picture.ts";
import sample from "../page/sample.jpg?bytes";
import { probe } from "../source/probe.ts";
import { decode } from "./decode.ts";
import { planFit } from "./fit.ts";
import { pointOf } from "./gravity.ts";
import type { Pixels, Size } from "./pixels.ts";

type Rgba = [red: number, green: number, blue: number, alpha: number];

async function photo(bytes: Uint8Array): Promise<Pixels> {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide: 512 });
}

const mirrored = ({ width, height, data }: Pixels): Pixels =>
  paint(width, height, (x, y) => {
    const at = (y * width + width - 1 - x) * 4;
    return [...data.subarray(at, at + 4)] as Rgba;
  });

const part = ({ width, data }: Pixels, left: number, top: number, size: Size): Pixels =>
  paint(size.width, size.height, (x, y) => {
    const at = ((top + y) * width + left + x) * 4;
    return [...data.subarray(at, at + 4)] as Rgba;
  });

/** The part of the picture that a crop of this size keeps. */
function kept(gravity: "auto" | "face", picture: Pixels, size: Size) {
  const point = pointOf(gravity, picture, size);
  const { crop } = planFit(picture, { ...size, fit: "crop", maxPixels: 4_000_000 }, point);
  return { left: crop.x, right: crop.x + crop.width, top: crop.y, bottom: crop.y + crop.height };
}

/** Grey with the grain of a camera, from a fixed seed. */
const grain = (x: number, y: number) => ((x * 73856093) ^ (y * 19349663)) % 7;
const wall = (x: number, y: number): Rgba => [
  128 + grain(x, y),
  128 + grain(y, x),
  128 + grain(x, x + y),
  255,
];
const isIn = (x: number, y: number, cx: number, cy: number, r: number) =>
  (x - cx) ** 2 + (y - cy) ** 2 < r * r;
const SKIN: Rgba = [224, 172, 140, 255];
const BLUE: Rgba = [20, 60, 200, 255];
/** A disc of skin with two eyes and a mouth. */
const face = (x: number, y: number, cx: number, cy: number): Rgba | undefined => {
  if (!isIn(x, y, cx, cy, 40)) return undefined;
  const isFeature =
    isIn(x, y, cx - 15, cy - 10, 6) || isIn(x, y, cx + 15, cy - 10, 6) || isIn(x, y, cx, cy + 20, 9);
  return isFeature ? [60, 30, 30, 255] : SKIN;
};

describe("what stands out stays in sight", () => {
  const size = { width: 150, height: 150 };
  it.each([40, 110, 200, 300, 360])("a disc at %i across", (cx) => {
    const wide = paint(400, 150, (x, y) => (isIn(x, y, cx, 75, 35) ? BLUE : wall(x, y)));
    const tall = paint(150, 400, (x, y) => (isIn(x, y, 75, cx, 35) ? BLUE : wall(x, y)));
    const across = kept("auto", wide, size);
    expect(across.left).toBeLessThanOrEqual(Math.max(0, cx - 40));
    expect(across.right).toBeGreaterThanOrEqual(Math.min(400, cx + 40));
    const down = kept("auto", tall, size);
    expect(down.top).toBeLessThanOrEqual(Math.max(0, cx - 40));
    expect(down.bottom).toBeGreaterThanOrEqual(Math.min(400, cx + 40));
  });

  it("in its middle, where there is room around it", () => {
    const wide = paint(400, 150, (x, y) => (isIn(x, y, 130, 75, 35) ? BLUE : wall(x, y)));
    const { left, right } = kept("auto", wide, size);
    expect(Math.abs((left + right) / 2 - 130)).toBeLessThanOrEqual(6);
  });

  it("but not what cannot be seen", () => {
    const wide = paint(400, 150, (x, y) => {
      if (isIn(x, y, 60, 75, 35)) return [...BLUE.slice(0, 3), 0] as Rgba;
      return isIn(x, y, 330, 75, 20) ? BLUE : wall(x, y);
    });
    expect(kept("auto", wide, size).left).toBeGreaterThan(180);
  });

  it("and the middle where nothing does", () => {
    for (const colour of [wall(0, 0), SKIN, [0, 0, 0, 0] as Rgba]) {
      const plain = paint(400, 150, () => colour);
      expect(pointOf("auto", plain, size)).toEqual({ x: 0.5, y: 0.5 });
      expect(pointOf("face", plain, size)).toEqual({ x: 0.5, y: 0.5 });
    }
  });
});

describe("a face", () => {
  const size = { width: 150, height: 150 };
  /** A face on the one side, and on the other something larger and more colourful. */
  const checks = (x: number, y: number): Rgba => (((x >> 4) + (y >> 4)) % 2 ? BLUE : [255, 255, 120, 255]);
  const both = paint(
    400,
    150,
    (x, y) => face(x, y, 60, 75) ?? (isIn(x, y, 320, 75, 75) ? checks(x, y) : wall(x, y)),
  );

  it("is what `face` keeps, beside something that stands out more", () => {
    expect(kept("face", both, size).right).toBeLessThan(220);
    expect(kept("face", mirrored(both), size).left).toBeGreaterThan(180);
    expect(kept("auto", both, size).left).toBeGreaterThan(180);
  });

  it("is told from a wall of its colour", () => {
    const sand = paint(
      400,
      150,
      (x, y) => face(x, y, 60, 75) ?? [SKIN[0] - grain(x, y), SKIN[1], SKIN[2], 255],
    );
    expect(kept("face", sand, size).right).toBeLessThan(220);
  });

  /** In the sample, from its left eye to its right, and from hair to chin. */
  const FACE = { left: 185, right: 265, top: 70, bottom: 175 };

  it.each([
    ["photo", sample],
    ["drawing", drawing],
  ])("of a %s stays in it, however it is cut", async (_, bytes) => {
    const whole = await photo(bytes);
    const band = kept("face", whole, { width: 512, height: 180 });
    expect([band.top <= FACE.top, band.bottom >= FACE.bottom]).toEqual([true, true]);
    for (const gravity of ["auto", "face"] as const) {
      const column = kept(gravity, whole, { width: 180, height: 512 });
      expect([column.left <= FACE.left, column.right >= FACE.right], gravity).toEqual([true, true]);
      // The same person far at the left, and far at the right.
      const aside = part(whole, 140, 0, { width: 372, height: 250 });
      const left = kept(gravity, aside, { width: 150, height: 250 });
      expect([left.left <= FACE.left - 140, left.right >= FACE.right - 140], gravity).toEqual([true, true]);
      const right = kept(gravity, mirrored(aside), { width: 150, height: 250 });
      expect([right.left <= 511 - FACE.right, right.right >= 511 - FACE.left], gravity).toEqual([true, true]);
    }
  });
});

describe("where faces are known", () => {
  const picture = paint(400, 300, () => [90, 90, 90, 255]);
  const face = (x: number, y: number, side: number) => ({
    left: x - side / 2,
    top: y - side / 2,
    right: x + side / 2,
    bottom: y + side / 2,
  });
  const middle = (size: Size, ...faces: ReturnType<typeof face>[]) => {
    const { x, y } = pointOf("face", picture, size, faces);
    return [x * (400 - size.width) + size.width / 2, y * (300 - size.height) + size.height / 2].map(
      Math.round,
    );
  };

  it.each([
    ["one is in the middle", [face(150, 120, 30)], [150, 120]],
    ["one at the border is as near to it as can be", [face(390, 10, 30)], [350, 50]],
    ["two that fit are both in it", [face(120, 100, 30), face(160, 100, 30)], [140, 100]],
    ["of two that do not fit the larger one is", [face(60, 100, 30), face(300, 100, 40)], [300, 100]],
    [
      "a small one that fits beside the largest is, before one that does not",
      [face(200, 150, 30), face(30, 150, 25), face(225, 150, 20)],
      [208, 150],
    ],
    ["one that is larger than it is in the middle all the same", [face(200, 150, 250)], [200, 150]],
  ])("%s", (_, faces, expected) => {
    expect(middle({ width: 100, height: 100 }, ...faces)).toEqual(expected);
  });

  it("only face goes by them", () => {
    const size = { width: 100, height: 300 };
    expect(pointOf("auto", picture, size, [face(50, 50, 20)])).toEqual(pointOf("auto", picture, size));
  });
});

it("whatever the picture, the crop lies in it, and the point can be written in a URL", () => {
  const side = fc.integer({ min: 1, max: 40 });
  const arbitrary = fc.tuple(side, side, side, side, fc.infiniteStream(fc.nat(255)));
  fc.assert(
    fc.property(arbitrary, fc.constantFrom("auto", "face"), ([width, height, w, h, stream], gravity) => {
      const bytes = stream[Symbol.iterator]();
      const next = () => bytes.next().value as number;
      const picture = paint(width, height, () => [next(), next(), next(), next()]);
      const { x, y } = pointOf(gravity, picture, { width: Math.min(w, width), height: Math.min(h, height) });
      for (const part of [x, y]) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
        expect(part).toBe(Number(part.toFixed(3)));
      }
    }),
    { numRuns: 50 },
  );
});
