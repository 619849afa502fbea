import { describe, expect, it } from "vitest";
import { HEAD_SIDE } from "./face.ts";
import { headMask } from "./mask.ts";
import type { Similarity } from "./similarity.ts";
import { cutHead, layHead, type Rgb } from "./warp.ts";

const BYTES = HEAD_SIDE * HEAD_SIDE * 3;

/** Of a head whose middle is at x, y of the picture and which is so many times larger once aligned. */
function placed(x: number, y: number, scale: number, degrees = 0): Similarity {
  const angle = (degrees * Math.PI) / 180;
  const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  return { a, b, dx: HEAD_SIDE / 2 - (a * x - b * y), dy: HEAD_SIDE / 2 - (b * x + a * y) };
}

function paint(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  }
  return { width, height, data };
}

const smooth = (width: number, height: number) =>
  paint(width, height, (x, y) => [
    128 + 90 * Math.sin(x / 17),
    128 + 90 * Math.cos(y / 23),
    128 + 60 * Math.sin((x + y) / 31),
  ]);

function cut(picture: Rgb, alignment: Similarity): Uint8Array {
  const head = new Uint8Array(BYTES);
  cutHead(picture, alignment, head);
  return head;
}

const copy = (picture: Rgb): Rgb => ({ ...picture, data: picture.data.slice() });

describe("a head that is cut out and laid back as it was", () => {
  it.each([
    [1, 0],
    [1.5, 20],
    [2.4, -45],
    [4.3, 90],
    [9, 180],
  ])("%f times larger and turned by %i° changes nothing that is seen", (scale, degrees) => {
    const picture = smooth(300, 260);
    const alignment = placed(150.3, 128.8, scale, degrees);
    const result = copy(picture);
    layHead(result, cut(picture, alignment), alignment, 1);
    let most = 0;
    for (const [i, value] of result.data.entries())
      most = Math.max(most, Math.abs(value - (picture.data[i] as number)));
    expect(most).toBeLessThanOrEqual(4);
  });

  it("stays in its place to within half a pixel: a dot's centre of mass does not move", () => {
    for (const [scale, degrees] of [
      [1.3, 0],
      [3.1, 33],
      [6, -70],
      [10, 150],
    ] as const) {
      const dot = paint(120, 120, (x, y) =>
        Array(3).fill(240 * Math.exp(-((x - 60) ** 2 + (y - 57) ** 2) / 18)),
      );
      const alignment = placed(61, 58, scale, degrees);
      const result = paint(120, 120, () => [0, 0, 0]);
      layHead(result, cut(dot, alignment), alignment, 1);
      const centre = (picture: Rgb) => {
        let [sum, sumX, sumY] = [0, 0, 0];
        for (let i = 0; i < picture.data.length; i += 3) {
          const value = picture.data[i] as number;
          sum += value;
          sumX += value * ((i / 3) % 120);
          sumY += value * Math.floor(i / 3 / 120);
        }
        return [sumX / sum, sumY / sum] as const;
      };
      const [before, after] = [centre(dot), centre(result)];
      expect(Math.hypot(after[0] - before[0], after[1] - before[1]), `${scale}`).toBeLessThan(0.5);
    }
  });
});

describe("resampling does not alias", () => {
  const stripes = paint(1200, 1200, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));
  const spread = (data: Uint8Array) => {
    let [least, most] = [255, 0];
    for (const value of data) [least, most] = [Math.min(least, value), Math.max(most, value)];
    return most - least;
  };

  it.each([0, 30, 45])(
    "where the head becomes smaller, turned by %i°: stripes of a pixel are gray",
    (degrees) => {
      expect(spread(cut(stripes, placed(600, 600, 0.4, degrees)))).toBeLessThan(50);
    },
  );

  it("where it is laid back smaller: stripes in the head are gray in the picture", () => {
    const head = new Uint8Array(BYTES).map((_, i) => (Math.floor(i / 3) % 2) * 255);
    const picture = paint(100, 100, () => [128, 128, 128]);
    layHead(picture, head, placed(50, 50, 4.1), 1);
    expect(spread(picture.data)).toBeLessThan(50);
  });
});

describe("beyond the picture's border", () => {
  it("a head goes on as the border is, and is laid back as far as there is a picture", () => {
    const picture = paint(40, 40, () => [10, 200, 30]);
    const alignment = placed(0, 0, 5);
    const head = cut(picture, alignment);
    for (let i = 0; i < head.length; i += 3000)
      expect([...head.subarray(i - (i % 3), i - (i % 3) + 3)]).toEqual([10, 200, 30]);
    layHead(picture, head, alignment, 1);
    expect(picture.data.every((value, i) => value === [10, 200, 30][i % 3])).toBe(true);
  });

  it("a head that is nowhere in the picture changes nothing", () => {
    const picture = smooth(50, 50);
    const result = copy(picture);
    layHead(result, new Uint8Array(BYTES).fill(255), placed(-500, 900, 2), 1);
    expect(result).toEqual(picture);
  });
});

describe("the mask", () => {
  it("is 1 where a face is, 0 at the border, and falls without a step", () => {
    expect(headMask(HEAD_SIDE / 2, HEAD_SIDE / 2)).toBe(1);
    expect(headMask(110, 136)).toBe(1); // an eye
    for (let at = 0; at <= HEAD_SIDE; at++) {
      for (const [x, y] of [
        [at, 0],
        [at, HEAD_SIDE],
        [0, at],
        [HEAD_SIDE, at],
      ] as const)
        expect(headMask(x, y)).toBe(0);
    }
    for (let x = HEAD_SIDE / 2; x < HEAD_SIDE; x++) {
      const step = headMask(x, 144) - headMask(x + 1, 144);
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(0.03);
    }
    expect(headMask(-5, 144)).toBe(0);
  });

  /** Mean steepness of a picture where a place of it lies between two levels of the mask. */
  function steepness(
    { width, height, data }: Rgb,
    { a, b, dx, dy }: Similarity,
    from: number,
    to: number,
  ): number {
    let [sum, count] = [0, 0];
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const [cx, cy] = [x + 0.5, y + 0.5];
        const level = headMask(a * cx - b * cy + dx, b * cx + a * cy + dy);
        if (level <= from || level >= to) continue;
        for (let c = 0; c < 3; c++) {
          const at = (y * width + x) * 3 + c;
          const across = (data[at + 3] as number) - (data[at - 3] as number);
          const down = (data[at + width * 3] as number) - (data[at - width * 3] as number);
          sum += Math.hypot(across, down);
          count++;
        }
      }
    }
    return sum / count;
  }

  // Two drawings of one photo: the same shapes, another tone, lines a little aside.
  const drawing = (shift: number, tone: number) => (x: number, y: number) => {
    const line = Math.sin((x + shift) / 3) * Math.cos((y - shift) / 4);
    return [120 + tone + 60 * line, 110 + tone + 50 * line, 130 - tone + 40 * line];
  };

  it.each([
    [1.3, 0, 8],
    [2, 15, 8],
    [3.7, -40, 8],
    [6, 90, 8],
    [2, 0, 16],
  ])(
    "leaves no seam %f times, turned by %i°, as the head's tone is off by %i: it is no steeper there than either drawing",
    (scale, degrees, tone) => {
      const [width, height] = [320, 300];
      const alignment = placed(160, 150, scale, degrees);
      const frame = paint(width, height, drawing(0, 0));
      const whole = paint(width, height, drawing(0.4, tone));
      const result = copy(frame);
      layHead(result, cut(whole, alignment), alignment, 1);
      const ratio = (from: number, to: number) => {
        const either = Math.max(steepness(frame, alignment, from, to), steepness(whole, alignment, from, to));
        return steepness(result, alignment, from, to) / either;
      };
      expect(ratio(0, 1)).toBeLessThanOrEqual(1.2); // the whole slope
      expect(ratio(0, 0.1)).toBeLessThanOrEqual(1.2); // its outer edge
      expect(ratio(0.9, 1)).toBeLessThanOrEqual(1.2); // its inner edge
    },
  );

  it("is measured by what sees an edge where there is one", () => {
    const alignment = placed(160, 150, 3);
    const { a, dx, dy } = alignment;
    const inside = (x: number, y: number) => headMask(a * (x + 0.5) + dx, a * (y + 0.5) + dy) > 0.05;
    const plain = (x: number, y: number) => drawing(0, 0)(x, y);
    const edged = paint(320, 300, (x, y) => drawing(0, inside(x, y) ? 40 : 0)(x, y));
    const ratio = steepness(edged, alignment, 0, 0.1) / steepness(paint(320, 300, plain), alignment, 0, 0.1);
    expect(ratio).toBeGreaterThan(1.2);
  });
});
