import {
  type Datatype,
  decodeInferResponse,
  HEADER_LENGTH,
  type InferResponse,
  OipError,
  type Tensor,
} from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Takes what was asked for out of an answer: what it refuses counts as wrong, and the next endpoint is asked.
 *
 * @throws ProblemError inference_failed
 */
export type Read<Answer> = (response: InferResponse, endpoint: Endpoint) => Answer;

/** @throws ProblemError inference_failed where the bytes are no answer */
export function decoded(bytes: Uint8Array, headers: Headers): InferResponse {
  try {
    return decodeInferResponse(bytes, headers.get(HEADER_LENGTH));
  } catch (error) {
    if (error instanceof OipError) throw failed(error.message);
    throw error;
  }
}

/** @throws ProblemError inference_failed where the answer has no such output of this type and shape */
export function outputOf(
  response: InferResponse,
  name: string,
  datatype: Datatype,
  isShape: (shape: readonly number[]) => boolean,
): Tensor {
  const output = response.outputs.find((candidate) => candidate.name === name);
  if (output?.datatype === datatype && isShape(output.shape)) return output;
  throw failed(
    `expected ${name} of ${datatype} in a shape that fits the question, got ${output?.datatype} [${output?.shape}]`,
  );
}

export const failed = (cause: unknown) =>
  new ProblemError("inference_failed", "The inference endpoint did not answer with a picture.", { cause });
