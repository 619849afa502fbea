import type { Face } from "../../src/cli/gallery/entry.ts";
import type { Region } from "./difference.ts";
import type { View } from "./view.ts";

/** What became of the faces of a picture in another one of the same scene. */
export type Flips = {
  faces: number;
  /** Found in one of the two alone. */
  lost: number;
  gained: number;
  /** Drawn as a head in one of them and with the frame in the other. */
  switched: number;
  /** Of each that both have: how far its landmarks moved, in mean, beside the distance between its eyes. */
  moved: number[];
};

/** @param places the window of the changed picture that shows what the first one shows */
export function flips(before: readonly Face[], after: readonly Face[], places: View): Flips {
  const moved = after.map((face) => placed(face, places));
  const left = new Set(moved);
  const result: Flips = { faces: before.length, lost: 0, gained: 0, switched: 0, moved: [] };
  for (const face of before) {
    const same = best(face, left);
    if (!same) {
      result.lost++;
      continue;
    }
    left.delete(same);
    if (same.drawn !== face.drawn) result.switched++;
    result.moved.push(movement(face, same));
  }
  result.gained = left.size;
  return result;
}

/** Faces of the changed picture, in the pixels of the first one. */
function placed(face: Face, { left, top, scale }: View): Face {
  return {
    ...face,
    x: (face.x - left) / scale,
    y: (face.y - top) / scale,
    width: face.width / scale,
    height: face.height / scale,
    landmarks: face.landmarks.map(([x, y]) => [(x - left) / scale, (y - top) / scale]),
  };
}

function best(face: Face, others: ReadonlySet<Face>): Face | undefined {
  let [found, most]: [Face | undefined, number] = [undefined, 0.3];
  for (const other of others) {
    const shared = overlap(face, other);
    if (shared > most) [found, most] = [other, shared];
  }
  return found;
}

/** Intersection over union. */
function overlap(a: Face, b: Face): number {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (wide <= 0 || high <= 0) return 0;
  return (wide * high) / (a.width * a.height + b.width * b.height - wide * high);
}

function movement(a: Face, b: Face): number {
  const [left = [0, 0], right = [0, 0]] = a.landmarks;
  const eyes = Math.hypot(right[0] - left[0], right[1] - left[1]);
  const each = a.landmarks.map(([x, y], i) => {
    const [u = 0, v = 0] = b.landmarks[i] ?? [];
    return Math.hypot(u - x, v - y);
  });
  return each.reduce((sum, distance) => sum + distance, 0) / each.length / eyes;
}

/** The boxes, as far as they are in the picture. */
export const regionsOf = (faces: readonly Face[], width: number, height: number): Region[] =>
  faces.map((face) => ({
    left: Math.max(0, Math.floor(face.x)),
    top: Math.max(0, Math.floor(face.y)),
    right: Math.min(width, Math.ceil(face.x + face.width)),
    bottom: Math.min(height, Math.ceil(face.y + face.height)),
  }));
