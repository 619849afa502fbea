import { isRecord } from "../record.ts";
import { decodeBinary, encodeBinary, headerLength } from "./binary.ts";
import { OipError } from "./error.ts";
import { jsonFromBytes } from "./json.ts";
import { tensorsOf } from "./listing.ts";
import { BINARY_TYPE, HEADER_LENGTH, JSON_TYPE } from "./protocol.ts";
import type { Tensor } from "./tensor.ts";

export type OutputTensor = Tensor & { binary: boolean };

export type InferResponse<Output extends Tensor = Tensor> = {
  model_name: string;
  model_version?: string | undefined;
  id?: string | undefined;
  outputs: Output[];
};

/** A response whose outputs travel as binary data or as JSON, each as it says. */
export function encodeInferResponse(response: InferResponse<OutputTensor>): {
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
} {
  const header = {
    model_name: response.model_name,
    model_version: response.model_version,
    id: response.id,
    outputs: response.outputs.map(({ name, datatype, shape, bytes, binary }) =>
      binary
        ? { name, datatype, shape, parameters: { binary_data_size: bytes.byteLength } }
        : { name, datatype, shape, data: jsonFromBytes(name, datatype, bytes) },
    ),
  };
  const tensors = response.outputs.filter(({ binary }) => binary).map(({ bytes }) => bytes);
  const { body, headerLength: length } = encodeBinary(header, tensors);
  if (tensors.length === 0) return { body, headers: { "content-type": JSON_TYPE } };
  return { body, headers: { "content-type": BINARY_TYPE, [HEADER_LENGTH]: String(length) } };
}

/**
 * Reads an answer of status 200; `lengthHeader` is its Inference-Header-Content-Length header, if there is one. Throws
 * an OipError where the server does not speak the protocol; its status says nothing to the client's own caller.
 */
export function decodeInferResponse(
  body: Uint8Array,
  lengthHeader: string | null | undefined,
): InferResponse {
  const { header, tensors } = decodeBinary(body, headerLength(lengthHeader, body.byteLength));
  if (!isRecord(header) || typeof header.model_name !== "string") {
    throw new OipError(400, "the response names no model");
  }
  const { model_name, model_version, id } = header;
  return {
    model_name,
    model_version: typeof model_version === "string" ? model_version : undefined,
    id: typeof id === "string" ? id : undefined,
    outputs: tensorsOf(header.outputs, "outputs", tensors),
  };
}
