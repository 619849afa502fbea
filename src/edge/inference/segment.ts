import { outputOf } from "./answer.ts";
import { infer } from "./chain.ts";
import type { Inference } from "./endpoint.ts";
import { UINT8_IN_JSON } from "./question.ts";

const MODEL = "person_segmenter";

/**
 * Has the segmenter say how much of each pixel is a person, in a picture, [height, width, 3] sRGB bytes of 32 to 1024 a side.
 *
 * @returns [height, width], 255 where there is a person and nothing else
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function segment(
  rgb: Uint8Array,
  { width, height }: { width: number; height: number },
  inference: Inference,
): Promise<Uint8Array> {
  return infer(
    {
      model: () => MODEL,
      image: { shape: [1, height, width, 3], bytes: rgb },
      outputs: ["matte"],
      most: { values: width * height, binaryBytes: 1, jsonBytes: UINT8_IN_JSON },
    },
    inference,
    (response) => outputOf(response, "matte", "UINT8", [1, height, width]).bytes,
  );
}
