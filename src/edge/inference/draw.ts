import type { Unready } from "../../contract/api/service.ts";
import { outputOf } from "./answer.ts";
import { infer, mayInfer } from "./chain.ts";
import type { Endpoint, Inference } from "./endpoint.ts";
import { UINT8_IN_JSON } from "./question.ts";
import { whyUnready } from "./ready.ts";

/** Pictures in one call at most: `max_batch_size` in the ttn_ models of models/. */
export const MAX_BATCH = 8;

/**
 * Has a style's network draw pictures of one size: [count, height, width, 3] sRGB bytes in, as many out.
 *
 * @param size.count 1 to MAX_BATCH, 1 where it is not given
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function draw(
  rgb: Uint8Array,
  { width, height, count = 1 }: { width: number; height: number; count?: number },
  style: string,
  inference: Inference,
): Promise<Uint8Array> {
  const shape = [count, height, width, 3];
  return infer(
    {
      model: (endpoint) => modelOf(style, endpoint),
      image: { shape, bytes: rgb },
      outputs: ["stylized"],
      most: { values: rgb.byteLength, binaryBytes: 1, jsonBytes: UINT8_IN_JSON },
    },
    inference,
    (response, { name }) => {
      const { bytes } = outputOf(response, "stylized", "UINT8", shape);
      inference.drawnBy?.(name);
      return bytes;
    },
  );
}

/** Whether there is an endpoint that may be asked to draw this style now. */
export const mayDraw = (style: string, inference: Inference): boolean =>
  mayInfer({ model: (endpoint) => modelOf(style, endpoint) }, inference);

/** What keeps this style's model from drawing now, as the endpoint says; undefined where nothing does. Never throws. */
export const whyNotDrawn = (style: string, endpoint: Endpoint): Promise<Unready | undefined> =>
  whyUnready(modelOf(style, endpoint), endpoint);

const modelOf = (style: string, { modelSuffix }: Endpoint) => `ttn_${style}${modelSuffix}`;
