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

/** What a side must be, or may be at most. */
type Side = number | { most: number };

/** @throws ProblemError inference_failed where the answer has no such output of this type and shape */
export function outputOf(
  response: InferResponse,
  name: string,
  datatype: Datatype,
  shape: readonly Side[],
): Tensor {
  const output = response.outputs.find((candidate) => candidate.name === name);
  if (output?.datatype === datatype && fits(output.shape, shape)) return output;
  const spelled = shape.map((side) => (typeof side === "number" ? side : `≤${side.most}`));
  const got = output ? `${output.datatype} [${output.shape}]` : "none";
  throw failed(`expected ${name} of ${datatype} [${spelled}], got ${got}`);
}

const fits = (given: readonly number[], shape: readonly Side[]): boolean =>
  given.length === shape.length &&
  shape.every((side, at) => (typeof side === "number" ? given[at] === side : (given[at] ?? 0) <= side.most));

export const failed = (cause: unknown) =>
  new ProblemError("inference_failed", "The inference endpoint did not answer with a picture.", { cause });
