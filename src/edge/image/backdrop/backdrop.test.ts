import { describe, expect, it } from "vitest";
import { probe } from "../../source/probe.ts";
import { decode } from "../decode.ts";
import type { Pixels } from "../pixels.ts";
import { averagedAround, fieldOf } from "./field.ts";
import { layBackdrop } from "./lay.ts";
import { isNobodyIn, type Matte, matteFile, matteFrom, peopleIn } from "./matte.ts";

type Rgb = readonly [number, number, number];
const PERSON: Rgb = [180, 60, 40];
const GROUND: Rgb = [40, 160, 220];
const [WIDTH, HEIGHT] = [160, 120];

/** A disc whose edge takes so many pixels to become ground, as hair does. */
function discMatte(softness: number): Matte {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const inside = 40 - Math.hypot(x - WIDTH / 2 + 0.5, y - HEIGHT / 2 + 0.5);
      data[y * WIDTH + x] = Math.max(0, Math.min(255, Math.round(255 * (0.5 + inside / softness))));
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

type Colouring = (x: number, y: number) => Rgb;
const plain =
  (colour: Rgb): Colouring =>
  () =>
    colour;

/** Mixed as a camera does it. */
function pictured(matte: Matte, person: Colouring, ground: Colouring): Pixels {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const share = (matte.data[at] as number) / 255;
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    for (let c = 0; c < 3; c++)
      data[4 * at + c] = share * (person(x, y)[c] as number) + (1 - share) * (ground(x, y)[c] as number);
    data[4 * at + 3] = 255;
  }
  return { width: WIDTH, height: HEIGHT, data };
}

function furthest(a: Pixels, b: Pixels, where: (at: number) => boolean = () => true): number {
  let most = 0;
  for (let i = 0; i < a.data.length; i++)
    if (i % 4 < 3 && where(i >> 2))
      most = Math.max(most, Math.abs((a.data[i] as number) - (b.data[i] as number)));
  return most;
}

describe("a person before a colour", () => {
  it.each([1, 6, 20])("is what a camera would see there, with an edge of %i pixels", (softness) => {
    const matte = discMatte(softness);
    const laid = layBackdrop(
      pictured(matte, plain(PERSON), plain(GROUND)),
      matte,
      [255, 0, 255, 255],
      undefined,
    );
    expect(furthest(laid, pictured(matte, plain(PERSON), plain([255, 0, 255])))).toBeLessThanOrEqual(3);
  });

  it("has no halo where person and ground are not of one colour either", () => {
    const matte = discMatte(12);
    const striped: Colouring = (x) => [Math.min(255, 40 + x), 150 - x / 2, 90];
    const sky: Colouring = (_, y) => [250 - y, 200, 100 + y];
    const laid = layBackdrop(pictured(matte, striped, sky), matte, [0, 0, 0, 255], undefined);
    expect(furthest(laid, pictured(matte, striped, plain([0, 0, 0])))).toBeLessThanOrEqual(16);
  });

  it("has the person's colour, and the matte for its alpha, where the colour is none", () => {
    const matte = discMatte(10);
    const { data } = layBackdrop(
      pictured(matte, plain(PERSON), plain(GROUND)),
      matte,
      [0, 0, 0, 0],
      undefined,
    );
    for (let at = 0; at < matte.data.length; at++) {
      expect(data[4 * at + 3]).toBe(matte.data[at]);
      if ((matte.data[at] as number) > 16)
        for (let c = 0; c < 3; c++)
          expect(Math.abs((data[4 * at + c] as number) - (PERSON[c] as number))).toBeLessThanOrEqual(4);
    }
  });

  it("covers what the source leaves transparent, and a half colour half", () => {
    const matte = discMatte(1);
    const picture = pictured(matte, plain(PERSON), plain(GROUND));
    for (let at = 0; at < (WIDTH * HEIGHT) / 2; at++) picture.data[4 * at + 3] = 0;
    const opaque = layBackdrop(picture, matte, [10, 20, 30, 255], undefined);
    expect([...opaque.data.subarray(0, 4)]).toEqual([10, 20, 30, 255]);
    const half = layBackdrop(picture, matte, [10, 20, 30, 128], undefined);
    expect([...half.data.subarray(0, 4)]).toEqual([10, 20, 30, 128]);
    const middle = ((HEIGHT / 2 + 5) * WIDTH + WIDTH / 2) * 4;
    expect([...half.data.subarray(middle, middle + 4)]).toEqual([...PERSON, 255]);
    const hidden = ((HEIGHT / 2 - 5) * WIDTH + WIDTH / 2) * 4;
    expect(half.data[hidden + 3]).toBe(128);
  });
});

describe("a person before the photo's ground", () => {
  it("leaves the photo as it is where nobody is, and the drawing where somebody is", () => {
    const matte = discMatte(8);
    const photo = pictured(matte, plain(PERSON), (x, y) => [x, y, (x * y) % 256]);
    const drawing = pictured(matte, plain([0, 0, 0]), plain([255, 255, 255]));
    const laid = layBackdrop(drawing, matte, "keep", photo);
    expect(furthest(laid, photo, (at) => matte.data[at] === 0)).toBe(0);
    expect(furthest(laid, drawing, (at) => matte.data[at] === 255)).toBe(0);
  });

  it("mixes the drawn person with the photo's ground, not with the drawn one", () => {
    const matte = discMatte(12);
    const laid = layBackdrop(
      pictured(matte, plain([0, 0, 0]), plain([255, 255, 255])),
      matte,
      "keep",
      pictured(matte, plain(PERSON), plain(GROUND)),
    );
    expect(furthest(laid, pictured(matte, plain([0, 0, 0]), plain(GROUND)))).toBeLessThanOrEqual(4);
  });

  it("needs one", () => {
    const matte = discMatte(1);
    expect(() =>
      layBackdrop(pictured(matte, plain(PERSON), plain(GROUND)), matte, "keep", undefined),
    ).toThrow(RangeError);
  });
});

describe("a blurred ground", () => {
  it("has nothing of the person's colours in it", () => {
    const matte = discMatte(6);
    const laid = layBackdrop(
      pictured(matte, plain([255, 0, 0]), plain([0, 128, 0])),
      matte,
      "blur",
      undefined,
    );
    expect(furthest(laid, pictured(matte, plain([255, 0, 0]), plain([0, 128, 0])))).toBeLessThanOrEqual(4);
  });

  it("is out of focus, and its light is as much as before", () => {
    const matte = { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT) };
    const stripes = pictured(matte, plain(PERSON), (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const { data } = layBackdrop(stripes, matte, "blur", undefined);
    const middle = ((HEIGHT / 2) * WIDTH + WIDTH / 2) * 4;
    expect(Math.abs((data[middle] as number) - 188)).toBeLessThanOrEqual(6); // half the light, in sRGB
  });

  it("leaves the person as sharp as it was", () => {
    const matte = discMatte(4);
    const picture = pictured(matte, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]), plain(GROUND));
    const laid = layBackdrop(picture, matte, "blur", undefined);
    expect(furthest(laid, picture, (at) => matte.data[at] === 255)).toBe(0);
  });
});

it("a picture of another size is refused", () => {
  const matte = discMatte(1);
  const other = { width: 2, height: 1, data: new Uint8ClampedArray(8) };
  expect(() => layBackdrop(other, matte, "blur", undefined)).toThrow(RangeError);
});

it("a picture of one pixel has a ground too", () => {
  const picture = { width: 1, height: 1, data: new Uint8ClampedArray([9, 8, 7, 255]) };
  const matte = { width: 1, height: 1, data: new Uint8Array([255]) };
  expect([...layBackdrop(picture, matte, [1, 2, 3, 255], undefined).data]).toEqual([9, 8, 7, 255]);
});

it("a matte is stored as a gray picture, and read back as it was", async () => {
  const matte = discMatte(30);
  const file = matteFile(matte);
  const probed = probe(file);
  if (!probed.ok) throw new Error(probed.detail);
  expect(matteFrom(await decode(file, probed, { longSide: 1024 }))).toEqual(matte);
  expect(file.length).toBeLessThan(WIDTH * HEIGHT);
});

it("the share of people is that of the pixels that are mostly they", () => {
  const matte = { width: 100, height: 10, data: new Uint8Array(1000) };
  expect(isNobodyIn(matte)).toBe(true);
  matte.data.fill(127, 0, 500);
  expect(isNobodyIn(matte)).toBe(true);
  matte.data.fill(128, 0, 250);
  expect(peopleIn(matte)).toBe(0.25);
  expect(isNobodyIn(matte)).toBe(false);
});

it("means go over as many cells as there are", () => {
  const field = fieldOf({ width: 3, height: 1 });
  field.values.set([3, 6, 30]);
  expect([...averagedAround(field, 1).values]).toEqual([4.5, 13, 18]);
  expect([...averagedAround(field, 9).values]).toEqual([13, 13, 13]);
});
