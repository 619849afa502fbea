import { isRecord } from "../record.ts";
import { decodeBinary, encodeBinary, headerLength } from "./binary.ts";
import { OipError } from "./error.ts";
import { parametersOf, refuseSharedMemory, tensorsOf } from "./listing.ts";
import { BINARY_TYPE, HEADER_LENGTH, type Parameters } from "./protocol.ts";
import type { Tensor } from "./tensor.ts";

/** `binary` says how this output is to travel; undefined leaves it to the request's `binary_data_output`. */
export type RequestedOutput = { name: string; binary?: boolean | undefined };

/** Without `outputs` every output of the model is meant. */
export type InferRequest = {
  id?: string | undefined;
  parameters?: Parameters | undefined;
  inputs: Tensor[];
  outputs?: RequestedOutput[] | undefined;
};

/** A request with all inputs as binary data, ready for fetch. */
export function encodeInferRequest(request: InferRequest): {
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
} {
  const header = {
    id: request.id,
    parameters: request.parameters,
    inputs: request.inputs.map(({ name, datatype, shape, bytes }) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: bytes.byteLength },
    })),
    outputs: request.outputs?.map(({ name, binary }) =>
      binary === undefined ? { name } : { name, parameters: { binary_data: binary } },
    ),
  };
  const tensors = request.inputs.map(({ bytes }) => bytes);
  const { body, headerLength: length } = encodeBinary(header, tensors);
  const type = { "content-type": BINARY_TYPE, [HEADER_LENGTH]: String(length) };
  // Fetch asks for gzip by itself, and a Triton that is asked compresses raw pictures: that costs both sides more than it saves.
  return { body, headers: { ...type, "accept-encoding": "identity" } };
}

/**
 * Reads a request body; `lengthHeader` is the Inference-Header-Content-Length header, if there is one. Fields that the
 * protocol does not know are ignored. Throws OipError 400 (malformed) or 501 (an extension not supported here).
 */
export function decodeInferRequest(body: Uint8Array, lengthHeader: string | null | undefined): InferRequest {
  const { header, tensors } = decodeBinary(body, headerLength(lengthHeader, body.byteLength));
  if (!isRecord(header)) throw new OipError(400, "the request must be a JSON object");
  const { id } = header;
  if (id !== undefined && typeof id !== "string") throw new OipError(400, '"id" must be a string');
  const parameters = parametersOf(header.parameters);
  flag(parameters, "binary_data_output");
  return {
    id,
    parameters,
    inputs: tensorsOf(header.inputs, "inputs", tensors),
    outputs: outputsOf(header.outputs),
  };
}

function outputsOf(listed: unknown): RequestedOutput[] | undefined {
  if (listed === undefined) return undefined;
  if (!Array.isArray(listed)) throw new OipError(400, '"outputs" must be a list');
  const seen = new Set<string>();
  return listed.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.name !== "string") throw new OipError(400, "an output has no name");
    if (seen.has(entry.name)) throw new OipError(400, `output "${entry.name}" is asked for twice`);
    seen.add(entry.name);
    const parameters = parametersOf(entry.parameters);
    refuseSharedMemory(parameters);
    if (parameters.classification !== undefined) throw new OipError(501, "classification is not supported");
    return { name: entry.name, binary: flag(parameters, "binary_data") };
  });
}

function flag(parameters: Parameters, name: string): boolean | undefined {
  const value = parameters[name];
  if (value !== undefined && typeof value !== "boolean") {
    throw new OipError(400, `parameter "${name}" must be true or false`);
  }
  return value;
}
