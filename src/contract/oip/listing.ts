import { isRecord } from "../record.ts";
import type { Binary } from "./binary.ts";
import { OipError } from "./error.ts";
import { bytesFromJson } from "./json.ts";
import type { Parameters } from "./protocol.ts";
import { byteLength, isDatatype, type Tensor } from "./tensor.ts";

/** Dimensions of a tensor at most; networks have four or five. */
const RANK = 8;

/** Every tensor of a request's `inputs` or a response's `outputs`, whichever way its data travelled. */
export function tensorsOf(listed: unknown, label: string, binary: Binary["tensors"]): Tensor[] {
  if (!Array.isArray(listed)) throw new OipError(400, `"${label}" must be a list of tensors`);
  const seen = new Set<string>();
  return listed.map((entry: unknown) => {
    const tensor = tensorOf(entry, binary);
    if (seen.has(tensor.name)) throw new OipError(400, `tensor "${tensor.name}" is given twice`);
    seen.add(tensor.name);
    return tensor;
  });
}

/** An optional `parameters` object. KServe's JSON answers have null where there is none. */
export function parametersOf(value: unknown): Parameters {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new OipError(400, '"parameters" must be an object');
  return value;
}

/** 501 for what Triton has and this protocol subset has not. */
export function refuseSharedMemory(parameters: Parameters): void {
  if (parameters.shared_memory_region !== undefined) {
    throw new OipError(501, "shared memory is not supported");
  }
}

function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= RANK &&
    value.every((side) => Number.isSafeInteger(side) && side >= 0)
  );
}

function tensorOf(entry: unknown, binary: Binary["tensors"]): Tensor {
  if (!isRecord(entry) || typeof entry.name !== "string") throw new OipError(400, "a tensor has no name");
  const { name, datatype, shape } = entry;
  const parameters = parametersOf(entry.parameters);
  refuseSharedMemory(parameters);
  if (!isDatatype(datatype)) throw new OipError(400, `tensor "${name}" has an unknown datatype`);
  if (!isShape(shape)) {
    throw new OipError(400, `the shape of tensor "${name}" must be a list of at most ${RANK} whole numbers`);
  }
  const raw = binary.get(name);
  if (raw === undefined) {
    return { name, datatype, shape, bytes: bytesFromJson(name, datatype, shape, entry.data) };
  }
  if (entry.data !== undefined) {
    throw new OipError(400, `tensor "${name}" has both JSON and binary data`);
  }
  const expected = byteLength(datatype, shape);
  if (raw.byteLength !== expected) {
    throw new OipError(
      400,
      `tensor "${name}" has ${raw.byteLength} bytes, but ${datatype} [${shape}] takes ${expected}`,
    );
  }
  return { name, datatype, shape, bytes: raw };
}
