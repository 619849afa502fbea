import { OipError } from "./error.ts";
import type { TensorMetadata } from "./protocol.ts";
import type { InferRequest, RequestedOutput } from "./request.ts";

/**
 * The outputs that a request asks for, each with the way that it travels: all of the model's, in its order, where it names none.
 *
 * @throws OipError 400 where the model has no such output
 */
export function requestedOutputs(
  { outputs, parameters }: Pick<InferRequest, "outputs" | "parameters">,
  ofModel: readonly TensorMetadata[],
): { name: string; binary: boolean }[] {
  const wanted: readonly RequestedOutput[] = outputs?.length
    ? outputs
    : ofModel.map(({ name }) => ({ name }));
  const unknown = wanted.find(({ name }) => !ofModel.some((output) => output.name === name));
  if (unknown) throw new OipError(400, `the model has no output "${unknown.name}"`);
  const unlessSaid = parameters?.binary_data_output === true;
  return wanted.map(({ name, binary }) => ({ name, binary: binary ?? unlessSaid }));
}
