import type { Face, Landmarks } from "../image/index.ts";

/** What became of a face: drawn by itself, or with the rest of the picture. In pixels of the master. */
export type DrawnFace = Face & { drawn: "head" | "frame" };

/** Spelled short: a picture may have 64 of them, and each number is one of fifteen. */
type Spelled = [box: number[], score: number, landmarks: number[], isHead: 0 | 1];

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

/** What a master's file says of its faces. */
export function spellFaces(faces: readonly DrawnFace[]): string {
  const spelled = faces.map(
    ({ box, score, landmarks, drawn }): Spelled => [
      [box.left, box.top, box.right, box.bottom].map((value) => rounded(value, 1)),
      rounded(score, 3),
      landmarks.flat().map((value) => rounded(value, 1)),
      drawn === "head" ? 1 : 0,
    ],
  );
  return JSON.stringify({ faces: spelled });
}

/** Undefined where the text does not say it: masters of before have none. */
export function readFaces(text: string | undefined): DrawnFace[] | undefined {
  if (text === undefined) return undefined;
  try {
    const { faces }: { faces: Spelled[] } = JSON.parse(text);
    return faces.map(([[left = 0, top = 0, right = 0, bottom = 0], score, numbers, isHead]) => ({
      box: { left, top, right, bottom },
      score,
      landmarks: landmarksOf(numbers),
      drawn: isHead ? "head" : "frame",
    }));
  } catch {
    return undefined; // another version's
  }
}

/** @param numbers x and y of each of the five */
export const landmarksOf = (numbers: readonly number[]): Landmarks =>
  [0, 2, 4, 6, 8].map((at) => [numbers[at] ?? 0, numbers[at + 1] ?? 0]) as unknown as Landmarks;

/** As `format=json` tells them. */
export const tellFaces = (faces: readonly DrawnFace[]) =>
  faces.map(({ box: { left, top, right, bottom }, score, landmarks, drawn }) => ({
    x: rounded(left, 1),
    y: rounded(top, 1),
    width: rounded(right - left, 1),
    height: rounded(bottom - top, 1),
    score: rounded(score, 3),
    landmarks: landmarks.map((place) => place.map((value) => rounded(value, 1))),
    drawn,
  }));
