import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Compared, compareChanges } from "../bench/stability/compare.ts";
import { flips } from "../bench/stability/faces.ts";
import { between, seen } from "../bench/stability/view.ts";
import type { Face } from "../src/cli/gallery/entry.ts";
import { STYLES } from "../src/contract/style.ts";
import { type Drawings, startDrawings } from "./support/drawings.ts";

// How much a drawing changes where its photo hardly does, in the service as it is deployed; docs/stability.md has more photos.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let drawings: Drawings;
let sample: Buffer;

beforeAll(async () => {
  sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
  drawings = await startDrawings(STYLES.map(({ id }) => id));
});

afterAll(() => drawings?.stop());

/** Mean absolute differences at most, in levels of 255. */
type Bounds = Record<string, { overall: number; face: number }>;

/** Half as much again as what the styles of flat colour have on this photo. */
const FLAT: Bounds = {
  "shifted 1 px": { overall: 9.5, face: 4.5 },
  "shifted 8 px": { overall: 4, face: 4.5 },
  "JPEG 85 → 75": { overall: 3.5, face: 5.5 },
  "WebP 80": { overall: 3.5, face: 4 },
  "2 % brighter": { overall: 4, face: 5 },
};

/** Strokes are where the network's grid has them. */
const STROKES: Bounds = {
  "shifted 1 px": { overall: 15.5, face: 8.5 },
  "shifted 8 px": { overall: 8, face: 8.5 },
  "JPEG 85 → 75": { overall: 8, face: 12.5 },
  "WebP 80": { overall: 8.5, face: 10 },
  "2 % brighter": { overall: 4.5, face: 5.5 },
};

describe.each(STYLES.map(({ id }) => id))(
  "in the style %s a drawing hardly changes where its photo is",
  (style) => {
    let compared: Compared[];
    const bounds = style === "engraving" ? STROKES : FLAT;

    beforeAll(async () => {
      compared = await compareChanges(sample, style, drawings);
    });

    it.each(Object.keys(bounds))("%s", (change) => {
      const one = compared.find((candidate) => candidate.change === change);
      if (change.startsWith("shifted")) expect(one?.overall.photo.absolute).toBe(0);
      else expect(one?.overall.photo.absolute).toBeGreaterThan(1);
      expect(one?.overall.drawing.absolute).toBeLessThan(bounds[change]?.overall ?? 0);
      expect(one?.heads?.drawing.absolute).toBeLessThan(bounds[change]?.face ?? 0);
      expect(one?.flips.switched).toBe(0);
      expect(one?.flips.moved[0]).toBeLessThan(0.03); // the surest face; a faint one comes and goes
    });
  },
);

describe("what is measured", () => {
  const face = (x: number, drawn: Face["drawn"]): Face => {
    const landmarks = [10, 20, 15, 11, 19].map((left): [number, number] => [x + left, 10]);
    return { x, y: 0, width: 30, height: 40, score: 1, landmarks, drawn };
  };
  const still = { left: 0, top: 0, scale: 1 };

  it("faces that are lost, found, drawn in the other way, and how far they moved beside the eyes", () => {
    const before = [face(0, "head"), face(100, "head"), face(200, "frame")];
    const after = [face(1, "head"), face(100, "frame"), face(300, "frame")];
    expect(flips(before, after, still)).toEqual({
      faces: 3,
      lost: 1,
      gained: 1,
      switched: 1,
      moved: [0.1, 0],
    });
  });

  it("one window's pixels where another one has them", () => {
    const width = 24;
    const ramp = {
      width,
      height: 24,
      data: new Uint8Array(width * 24 * 3).map((_, i) => 8 * (Math.floor(i / 3) % width)),
    };
    const [one, two] = [
      { left: 2, top: 1, scale: 0.75 },
      { left: 3.5, top: 2, scale: 0.5 },
    ];
    const undone = seen(seen(ramp, two, 24, 24), between(one, two), 24, 24);
    const direct = seen(ramp, one, 24, 24);
    for (const at of [5, 8, 12]) {
      const pixel = (8 * 24 + at) * 3;
      expect(Math.abs((undone.data[pixel] ?? 0) - (direct.data[pixel] ?? 0))).toBeLessThanOrEqual(1);
    }
  });
});
