import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rgb } from "../image/index.ts";
import { cutAxis, drawTiles, weightsOf } from "./tiles.ts";

const picture = (width: number, height: number, value: (x: number, y: number) => number): Rgb => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(pixel % width, Math.floor(pixel / width));
  }),
});

describe("an axis", () => {
  it.each([
    [768, 1, 768],
    [769, 2, 433],
    [1440, 2, 768],
    [1441, 3, 545],
    [2048, 3, 747],
  ])("of %i pixels is cut into %i tiles of %i", (length, count, tile) => {
    const cut = cutAxis(length);
    expect([cut.starts.length, cut.length]).toEqual([count, tile]);
  });

  it("is covered by tiles that together count 1 everywhere, and share 96 pixels or a few more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (length) => {
        const cut = cutAxis(length);
        const sums = new Float32Array(length);
        for (const [tile, start] of cut.starts.entries()) {
          for (const [i, weight] of weightsOf(cut, tile).entries())
            sums[start + i] = (sums[start + i] as number) + weight;
          if (tile > 0) {
            const shared = (cut.starts[tile - 1] as number) + cut.length - start;
            expect(shared).toBeGreaterThanOrEqual(95);
            expect(shared).toBeLessThan(98);
          }
        }
        expect((cut.starts.at(-1) as number) + cut.length).toBe(length);
        for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
      }),
      { numRuns: 50 },
    );
  });
});

describe("tiles", () => {
  it("of a network that changes nothing are the picture", async () => {
    const photo = picture(1500, 900, (x, y) => (x * 3 + y * 7) % 256);
    expect(await drawTiles(photo, async (tiles) => tiles)).toEqual(photo.data);
  });

  it("are drawn eight in a call", async () => {
    const counts: number[] = [];
    await drawTiles(
      picture(2048, 2048, () => 9),
      async (tiles, { count }) => {
        counts.push(count);
        return tiles;
      },
    );
    expect(counts).toEqual([8, 1]);
  });

  it("that differ as a whole fade into each other: no step between neighbours is to be seen", async () => {
    const grey = picture(1400, 500, () => 100);
    const drawn = await drawTiles(grey, async (tiles, { count }) => {
      const bytes = tiles.length / count;
      return tiles.map((value, i) => value + 20 * (Math.floor(i / bytes) % 2));
    });
    let most = 0;
    const values = new Set<number>();
    for (let x = 1; x < 1400; x++) {
      values.add(drawn[x * 3] as number);
      most = Math.max(most, Math.abs((drawn[x * 3] as number) - (drawn[(x - 1) * 3] as number)));
    }
    expect(values.size).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(1);
  });
});
