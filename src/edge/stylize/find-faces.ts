import { type Face, isPlausible, mosaicOf, type Rgb, turned, turnedBack } from "../image/index.ts";
import { detect } from "../inference/detect.ts";
import type { Inference } from "../inference/endpoint.ts";
import { landmarksOf } from "./faces.ts";

/**
 * Milliseconds for looking, however often, at most: the frame is drawn meanwhile, and is not to wait for long. Sixty faces take a detector on a
 * busy processor five seconds and more.
 */
const LONGEST = 20_000;

/**
 * Where no upright face is as sure as SURE, other ways up are tried, of which one must be surer by LEAD: the scores of upright faces are 0.95
 * and more as a rule, but in the dark there are some of 0.7 that turned would have more.
 */
const SURE = 0.9;
const LEAD = 0.1;

/**
 * The faces of a picture, the surest first. Where none is surely upright, the picture is turned, as one of a phone that was held so is to be: all
 * three other ways up are looked at in one small picture, and then the one in which there is a face.
 *
 * @throws what `detect` does
 */
export async function findFaces(picture: Rgb, inference: Inference): Promise<Face[]> {
  const until = Date.now() + Math.min(inference.timeout, LONGEST);
  const look = async (seen: Rgb) => {
    const found = await detect(seen.data, seen, { ...inference, timeout: Math.max(1, until - Date.now()) });
    return found.map(({ box: [left, top, right, bottom], score, landmarks }): Face => {
      return { box: { left, top, right, bottom }, score, landmarks: landmarksOf(landmarks) };
    });
  };
  const upright = await look(picture);
  const sure = surest(upright)?.score ?? 0;
  if (sure >= SURE) return upright;
  const mosaic = mosaicOf(picture);
  const other = surest(await look(mosaic.picture));
  if (!other || other.score < sure + LEAD) return upright;
  const { left, top, right, bottom } = other.box;
  const turns = mosaic.turnsAt((left + right) / 2, (top + bottom) / 2);
  if (turns === undefined) return upright;
  const found = await look(turned(picture, turns));
  if ((surest(found)?.score ?? 0) < sure + LEAD) return upright;
  return found.map((face) => turnedBack(face, turns, picture));
}

/** The face that the detector is surest of, of those that make sense as they stand. */
const surest = (faces: readonly Face[]): Face | undefined =>
  faces
    .filter(isPlausible)
    .reduce<Face | undefined>((best, face) => (best && best.score >= face.score ? best : face), undefined);
