import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { mapPixels, paint, picture, pixelAt, psnr } from "../../../tests/fixtures/pictures/picture.ts";
import { probe } from "../source/probe.ts";
import { decode, type Pixels } from "./index.ts";
import { DecodeError } from "./pixels.ts";

async function decoded(bytes: Uint8Array): Promise<Pixels> {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide: 4096 });
}

const alphaOf = (pixels: Pixels) => pixels.data.filter((_, i) => i % 4 === 3);

it("interlaced is the same picture", async () => {
  expect(await decoded(readPicture("interlaced.gif"))).toEqual(await decoded(readPicture("still.gif")));
});

it("one colour may be transparent", async () => {
  const plain = await decoded(readPicture("still.gif"));
  const [r, g, b] = pixelAt(plain, 0, 0);
  const expected = mapPixels(plain, (colour) => {
    const isThat = colour[0] === r && colour[1] === g && colour[2] === b;
    return [colour[0], colour[1], colour[2], isThat ? 0 : 255];
  });
  expect(alphaOf(await decoded(readPicture("transparent.gif")))).toEqual(alphaOf(expected));
});

it("of an animation, the first frame", async () => {
  expect(psnr(await decoded(readPicture("animated.gif")), picture())).toBeGreaterThan(26);
});

/** The fixture, its frame moved; its palette of 64 colours stands before it. */
function placed(canvas: [number, number], [x, y]: [number, number]): Uint8Array {
  const file = readPicture("still.gif");
  const frame = file.indexOf(0x2c, 13 + 3 * 64);
  file.set([canvas[0], 0, canvas[1], 0], 6);
  file.set([x, 0, y, 0], frame + 1);
  return file;
}

it("around a frame inside its canvas it is transparent", async () => {
  const plain = await decoded(readPicture("still.gif"));
  const around = (x: number, y: number) => x < 10 || y < 6 || x >= 74 || y >= 54;
  const expected = paint(80, 60, (x, y) => (around(x, y) ? [0, 0, 0, 0] : pixelAt(plain, x - 10, y - 6)));
  const file = placed([80, 60], [10, 6]);
  expect(await decoded(file)).toEqual(expected);
  expect(probe(file)).toMatchObject({ width: 80, height: 60, hasAlpha: true });
});

it("a frame that sticks out makes the canvas larger", async () => {
  for (const canvas of [
    [0, 0],
    [20, 20],
  ] as [number, number][])
    expect(await decoded(placed(canvas, [0, 0]))).toEqual(await decoded(readPicture("still.gif")));
});

/** Encodes without compressing: each code is a pixel, and the table is cleared before codes grow. */
function written(width: number, height: number, indices: Uint8Array): Uint8Array {
  const palette = Array.from({ length: 256 * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : 0)).map((value) =>
    Math.floor(value),
  );
  const codes = [...indices].flatMap((index, i) => (i % 200 === 0 ? [256, index] : [index]));
  codes.push(257);
  const bytes = new Uint8Array(Math.ceil((codes.length * 9) / 8));
  codes.forEach((code, i) => {
    for (let bit = 0; bit < 9; bit++) {
      const at = i * 9 + bit;
      bytes[at >> 3] = (bytes[at >> 3] as number) | (((code >> bit) & 1) << (at & 7));
    }
  });
  const blocks: number[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    blocks.push(block.length, ...block);
  }
  const u16 = (value: number) => [value & 255, value >> 8];
  const size = [...u16(width), ...u16(height)];
  const head = [...[..."GIF89a"].map((letter) => letter.charCodeAt(0)), ...size, 0xf7, 0, 0, ...palette];
  return Uint8Array.from([...head, 0x2c, 0, 0, 0, 0, ...size, 0, 8, ...blocks, 0, 0x3b]);
}

it("every index comes out in its place", async () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
  const pictures = shapes.chain(([width, height]) =>
    fc.tuple(
      fc.constant(width),
      fc.constant(height),
      fc.uint8Array({ minLength: width * height, maxLength: width * height }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(pictures, async ([width, height, indices]) => {
      const { data } = await decoded(written(width, height, indices));
      expect(data.filter((_, i) => i % 4 === 0)).toEqual(new Uint8ClampedArray(indices));
    }),
    { numRuns: 50 },
  );
});

describe("broken data", () => {
  it("that names a code which does not exist yet", async () => {
    const file = written(9, 1, new Uint8Array(9));
    const data = 13 + 768 + 10 + 2;
    file.set([0x00, 0xff, 0xff], data); // clear, then codes beyond the table
    await expect(decoded(file)).rejects.toThrow(new DecodeError("The GIF's data is broken."));
  });
  it("that ends before the last pixel", async () => {
    const file = written(20, 20, new Uint8Array(400).fill(3));
    await expect(decoded(file.subarray(0, file.length - 100))).rejects.toThrow(
      "The GIF's data ends too early.",
    );
  });
  it("that has no colours", () => {
    const file = written(9, 1, new Uint8Array(9));
    file[10] = 0;
    expect(probe(file).ok).toBe(false);
  });
});
