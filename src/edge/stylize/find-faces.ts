import { type Face, isPlausible, type Rgb, type Turns, turned, turnedBack } from "../image/index.ts";
import type { InferenceEndpoint } from "../inference/call.ts";
import { detect } from "../inference/detect.ts";
import { landmarksOf } from "./faces.ts";

/** Milliseconds for looking, however often, at most: the frame is drawn meanwhile, and is not to wait for long. */
const LONGEST = 10_000;

/**
 * Where no upright face is as sure as SURE, other ways up are tried, of which one must be surer by LEAD: the scores of upright faces are 0.95
 * and more as a rule, but in the dark there are some of 0.7 that turned would have more.
 */
const SURE = 0.9;
const LEAD = 0.1;

/**
 * The faces of a picture, the surest first. Where none is surely upright, the picture is turned, as one of a phone that was held so is to be.
 *
 * @throws what `detect` does
 */
export async function findFaces(picture: Rgb, endpoint: InferenceEndpoint): Promise<Face[]> {
  const until = Date.now() + Math.min(endpoint.timeout, LONGEST);
  const look = async (turns: Turns) => {
    const seen = turned(picture, turns);
    const found = await detect(seen.data, seen, { ...endpoint, timeout: Math.max(1, until - Date.now()) });
    return found.map(({ box: [left, top, right, bottom], score, landmarks }): Face => {
      const face = { box: { left, top, right, bottom }, score, landmarks: landmarksOf(landmarks) };
      return turnedBack(face, turns, picture);
    });
  };
  const upright = await look(0);
  if (surest(upright) >= SURE) return upright;
  let [best, least] = [upright, surest(upright) + LEAD];
  for (const turns of [1, 3, 2] as const) {
    const found = await look(turns); // one after the other: each takes as much memory as the picture
    if (surest(found) > least) [best, least] = [found, surest(found)];
  }
  return best;
}

/** How sure the detector is of a face that makes sense as it stands. */
const surest = (faces: readonly Face[]) =>
  Math.max(0, ...faces.filter(isPlausible).map(({ score }) => score));
