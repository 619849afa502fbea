import { OipError } from "./error.ts";
import type { TensorMetadata } from "./protocol.ts";
import type { Tensor } from "./tensor.ts";

export type InputLimits = {
  /** 0: the model has no batch dimension of its own. */
  maxBatchSize: number;
  /** The product of the sides that the caller chooses: for [N, H, W, 3] these are the pixels, without the channels. */
  maxPixels: number;
};

/**
 * A request's tensors in the model's order, all there, of its types and within its shapes.
 *
 * @param inputs the model's, -1 where a side may have any size
 * @throws OipError 400, or 413 for too many pixels
 */
export function arrange(
  tensors: readonly Tensor[],
  inputs: readonly TensorMetadata[],
  limits: InputLimits,
): Tensor[] {
  const extra = tensors.find(({ name }) => !inputs.some((input) => input.name === name));
  if (extra !== undefined) throw new OipError(400, `the model has no input "${extra.name}"`);
  return inputs.map((expected) => {
    const tensor = tensors.find(({ name }) => name === expected.name);
    if (tensor === undefined) throw new OipError(400, `input "${expected.name}" is missing`);
    check(tensor, expected, limits);
    return tensor;
  });
}

function check(
  { name, datatype, shape }: Tensor,
  expected: TensorMetadata,
  { maxBatchSize, maxPixels }: InputLimits,
): void {
  if (datatype !== expected.datatype) {
    throw new OipError(400, `input "${name}" must be ${expected.datatype}, not ${datatype}`);
  }
  const fits = expected.shape.every((size, axis) =>
    size === -1 ? (shape[axis] ?? 0) >= 1 : size === shape[axis],
  );
  if (shape.length !== expected.shape.length || !fits) {
    throw new OipError(400, `input "${name}" must have the shape [${expected.shape}], not [${shape}]`);
  }
  if (maxBatchSize > 0 && (shape[0] ?? 0) > maxBatchSize) {
    throw new OipError(400, `the batch of ${shape[0]} is larger than the model's ${maxBatchSize}`);
  }
  const pixels = shape.reduce((product, side, axis) => product * (expected.shape[axis] === -1 ? side : 1), 1);
  if (pixels > maxPixels) {
    throw new OipError(413, `input "${name}" has ${pixels} pixels; ${maxPixels} are allowed`);
  }
}
