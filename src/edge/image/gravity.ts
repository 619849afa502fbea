import { CENTRE, type Gravity, type Point } from "../../contract/transform.ts";
import type { Box } from "./head/index.ts";
import type { Pixels, Size } from "./pixels.ts";
import { type Saliency, type Signs, saliency } from "./saliency.ts";

/** Where no face is known, `face` is led by skin, and by what stands out only where that leaves a choice. */
const SIGNS: Record<"auto" | "face", Signs> = {
  auto: { distinct: 1, edges: 1, skin: 1 },
  face: { distinct: 0.25, edges: 0.25, skin: 2 },
};

/**
 * Where a crop of this size is to lie, as the point that `gravity` would name for it: how much of what is cut off, 0–1, lies left of and
 * above the crop. In thousandths, so that a URL can say the same. Where nothing stands out, the middle.
 *
 * @param faces what `face` goes by where there are any
 */
export function pointOf(gravity: Gravity, picture: Pixels, crop: Size, faces: readonly Box[] = []): Point {
  if (typeof gravity !== "string") return gravity;
  if (crop.width === picture.width && crop.height === picture.height) return CENTRE;
  if (gravity === "face" && faces.length > 0) return pointOfFaces(faces, picture, crop);
  const map = saliency(picture, SIGNS[gravity]);
  return {
    x: place(columns(map), (crop.width / picture.width) * map.width),
    y: place(rows(map), (crop.height / picture.height) * map.height),
  };
}

/** A face's box goes from brow to chin: with hair and some air it is so much longer and wider on each side. */
const AROUND = 0.4;

/**
 * The crop's middle is that of the largest face and of all others, from the larger to the smaller, that fit into it beside those before
 * them.
 */
function pointOfFaces(faces: readonly Box[], picture: Size, crop: Size): Point {
  const [largest, ...others] = faces.map(grown).sort((a, b) => areaOf(b) - areaOf(a)) as [Box, ...Box[]];
  let kept = largest;
  for (const other of others) {
    const both = {
      left: Math.min(kept.left, other.left),
      top: Math.min(kept.top, other.top),
      right: Math.max(kept.right, other.right),
      bottom: Math.max(kept.bottom, other.bottom),
    };
    if (both.right - both.left <= crop.width && both.bottom - both.top <= crop.height) kept = both;
  }
  return {
    x: share((kept.left + kept.right) / 2, crop.width, picture.width),
    y: share((kept.top + kept.bottom) / 2, crop.height, picture.height),
  };
}

function grown({ left, top, right, bottom }: Box): Box {
  const [x, y] = [(right - left) * AROUND, (bottom - top) * AROUND];
  return { left: left - x, top: top - y, right: right + x, bottom: bottom + y };
}

const areaOf = ({ left, top, right, bottom }: Box) => (right - left) * (bottom - top);

/** How much of what is cut off lies before a window whose middle is to be here. */
function share(middle: number, length: number, whole: number): number {
  if (length >= whole) return 0.5;
  const at = (middle - length / 2) / (whole - length);
  return Math.round(Math.min(1, Math.max(0, at)) * 1000) / 1000;
}

/**
 * The best place of a window in a profile. What lies in the window's middle counts most and at its ends nothing, so that a subject is
 * not only in it, but centred; of places as good as each other the one nearest to the middle is taken.
 *
 * @param length of the window, in cells, not always whole
 */
function place(profile: Float32Array, length: number): number {
  const slack = profile.length - length;
  const steps = Math.ceil(slack);
  let best = { score: 0, at: 0.5 };
  for (let step = 0; step <= steps; step++) {
    const at = steps === 0 ? 0.5 : step / steps;
    const score = weighed(profile, slack * at, length);
    const isBetter = score > best.score * (1 + 1e-6);
    const isAsGood = score > best.score * (1 - 1e-6) && Math.abs(at - 0.5) < Math.abs(best.at - 0.5);
    if (isBetter || isAsGood) best = { score, at };
  }
  return Math.round(best.at * 1000) / 1000;
}

function weighed(profile: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let cell = Math.floor(start); cell < Math.min(profile.length, start + length); cell++) {
    const fromMiddle = (cell + 0.5 - start) / (length / 2) - 1;
    sum += (profile[cell] as number) * Math.max(0, 1 - fromMiddle ** 2);
  }
  return sum;
}

function columns({ width, weights }: Saliency): Float32Array {
  const sums = new Float32Array(width);
  for (const [cell, weight] of weights.entries())
    sums[cell % width] = (sums[cell % width] as number) + weight;
  return sums;
}

function rows({ width, height, weights }: Saliency): Float32Array {
  const sums = new Float32Array(height);
  for (const [cell, weight] of weights.entries()) {
    const row = Math.floor(cell / width);
    sums[row] = (sums[row] as number) + weight;
  }
  return sums;
}
