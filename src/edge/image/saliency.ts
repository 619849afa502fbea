import { averaged, type Cells, Means, oklab, type Plane } from "./cells.ts";
import type { Pixels, Size } from "./pixels.ts";

/** What draws the eye, 0 and more, for each cell of a grid over a picture. */
export type Saliency = Size & { weights: Plane };

/** How much each sign counts. */
export type Signs = { distinct: number; edges: number; skin: number };

/** Cells of the longer side: a face an eighth as wide as the picture still has a dozen. */
const CELLS = 96;

/** Of a channel, in OKLab's units of 0–1: what differs less than that is noise, and a plain picture stays plain. */
const NOISE = 0.02;

/** Cells around one that tell whether it is part of a face: as far as from an eye to the other in a face a fifth as wide as the picture. */
const REACH = 4;

/**
 * Three signs, each brought to 0–1 over the picture, of which the largest is 1:
 * - distinct: how far a cell's colour is from the mean of its surroundings, which reach as far as the nearer border on each axis
 *   (maximum symmetric surround: Achanta and Süsstrunk, ICIP 2010), in OKLab;
 * - edges: the steepness of its lightness;
 * - skin: how much of its neighbourhood has the chroma that human skin of all tones keeps to (Chai and Ngan, IEEE CSVT 1999), times how
 *   many edges there are. Walls, wood and sand have that chroma too, but no eyes and mouths.
 *
 * What is transparent draws no eye.
 */
export function saliency(pixels: Pixels, signs: Signs): Saliency {
  const cells = averaged(pixels, CELLS);
  const lab = oklab(cells);
  const distinct = surroundContrast(lab, cells);
  const edges = steepness(lab[0], cells);
  const skin = features(cells, edges);
  const weights = cells.alpha.map((alpha, i) => {
    const sum =
      signs.distinct * (distinct[i] as number) +
      signs.edges * (edges[i] as number) +
      signs.skin * (skin[i] as number);
    return alpha * sum;
  });
  return { width: cells.width, height: cells.height, weights };
}

function surroundContrast(lab: readonly Plane[], size: Size): Plane {
  const means = lab.map((plane) => new Means(plane, size));
  return perCell(size, (x, y, at) => {
    const [reachX, reachY] = [Math.min(x, size.width - 1 - x), Math.min(y, size.height - 1 - y)];
    const off = lab.map(
      (plane, c) => (plane[at] as number) - (means[c] as Means).around(x, y, reachX, reachY),
    );
    return Math.hypot(...off) - NOISE;
  });
}

/** The gradient, by central differences. */
function steepness(lightness: Plane, size: Size): Plane {
  const at = (x: number, y: number) => lightness[y * size.width + x] as number;
  return perCell(size, (x, y) => {
    const [left, right] = [Math.max(0, x - 1), Math.min(size.width - 1, x + 1)];
    const [above, below] = [Math.max(0, y - 1), Math.min(size.height - 1, y + 1)];
    return Math.hypot(at(right, y) - at(left, y), at(x, below) - at(x, above)) - NOISE;
  });
}

function features(cells: Cells, edges: Plane): Plane {
  const [red, green, blue] = cells.rgb;
  const isSkin = red.map((r, i) => (hasSkinChroma(r, green[i] as number, blue[i] as number) ? 1 : 0));
  const [skin, detail] = [new Means(isSkin, cells), new Means(edges, cells)];
  return perCell(cells, (x, y) => skin.around(x, y, REACH, REACH) * detail.around(x, y, REACH, REACH));
}

/** Cb and Cr of BT.601, full range. */
function hasSkinChroma(r: number, g: number, b: number): boolean {
  const cb = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
  const cr = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
  return cb >= 77 && cb <= 127 && cr >= 133 && cr <= 173;
}

/** Negative values count as 0; the largest becomes 1. */
function perCell({ width, height }: Size, value: (x: number, y: number, at: number) => number): Plane {
  const plane = new Float32Array(width * height);
  let most = 0;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const found = Math.max(0, value(x, y, at));
      plane[at] = found;
      most = Math.max(most, found);
    }
  }
  return most === 0 ? plane : plane.map((found) => found / most);
}
