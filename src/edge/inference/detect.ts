import type { InferResponse, Tensor } from "../../contract/oip.ts";
import { failed, outputOf } from "./answer.ts";
import { infer } from "./chain.ts";
import type { Inference } from "./endpoint.ts";

const MODEL = "face_detector";

/** Faces that the model tells at most. */
export const MAX_FOUND = 64;

/** Of a face: four numbers of its box, its score, two for each of five landmarks. */
const VALUES = 4 + 1 + 10;

/** Bytes of a number of FP32 in JSON at most, as in `[-1.1754943508222875e-38], `. */
const JSON_BYTES = 28;

/** A face as the model tells it: in pixels of the picture, parts of it may lie outside. */
export type Found = {
  box: readonly [left: number, top: number, right: number, bottom: number];
  /** 0–1. */
  score: number;
  /** x and y of the left and the right eye, the nose's tip, the left and the right corner of the mouth, as the viewer sees them. */
  landmarks: readonly number[];
};

/**
 * Has the detector look for upright faces (within 45°) in a picture, [height, width, 3] sRGB bytes of 32 to 1024 a side.
 *
 * @returns the surest first
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function detect(
  rgb: Uint8Array,
  { width, height }: { width: number; height: number },
  inference: Inference,
): Promise<Found[]> {
  return infer(
    {
      model: () => MODEL,
      image: { shape: [1, height, width, 3], bytes: rgb },
      outputs: ["boxes", "scores", "landmarks"],
      most: { values: MAX_FOUND * VALUES, binaryBytes: 4, jsonBytes: JSON_BYTES },
    },
    inference,
    facesOf,
  );
}

/** @throws ProblemError inference_failed */
function facesOf(response: InferResponse): Found[] {
  const scores = outputOf(response, "scores", "FP32", [{ most: MAX_FOUND }]);
  const count = scores.shape[0] ?? 0;
  const boxes = numbers(outputOf(response, "boxes", "FP32", [count, 4]));
  const landmarks = numbers(outputOf(response, "landmarks", "FP32", [count, 5, 2]));
  return numbers(scores).map((score, i) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.slice(4 * i, 4 * i + 4);
    if (score < 0 || score > 1) throw failed(`a score of ${score}`);
    return { box: [left, top, right, bottom], score, landmarks: landmarks.slice(10 * i, 10 * i + 10) };
  });
}

/** @throws ProblemError inference_failed where one is no number */
function numbers({ name, bytes }: Tensor): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  if (!all.every(Number.isFinite)) throw failed(`${name} has values that are no numbers`);
  return all;
}
