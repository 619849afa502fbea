/**
 * The Open Inference Protocol v2 over HTTP, with the binary tensor extension: what the Worker, as a client, and the
 * embedded server agree on. No I/O; the same code runs in workerd and in Node.
 *
 * Sources: kserve/open-inference-protocol, specification/protocol/inference_rest.md;
 * triton-inference-server/server, docs/protocol/extension_binary_data.md.
 *
 * @example The client's side
 * ```ts
 * const { body, headers } = encodeInferRequest({
 *   inputs: [{ name: "image", datatype: "UINT8", shape: [1, height, width, 3], bytes: rgb }],
 *   parameters: { binary_data_output: true },
 * });
 * const answer = await fetch(`${url}/v2/models/ttn_handdrawn_int8/infer`, { method: "POST", headers, body });
 * if (!answer.ok) throw new Error(errorMessage(await answer.text()));
 * const bytes = new Uint8Array(await answer.arrayBuffer());
 * const { outputs } = decodeInferResponse(bytes, answer.headers.get(HEADER_LENGTH));
 * ```
 */
export { errorMessage, OipError, type OipStatus } from "./oip/error.ts";
export { arrange, type InputLimits } from "./oip/inputs.ts";
export { requestedOutputs } from "./oip/outputs.ts";
export {
  HEADER_LENGTH,
  JSON_TYPE,
  type ModelMetadata,
  type ServerMetadata,
  type TensorMetadata,
} from "./oip/protocol.ts";
export {
  decodeInferRequest,
  encodeInferRequest,
  type InferRequest,
  type RequestedOutput,
} from "./oip/request.ts";
export {
  decodeInferResponse,
  encodeInferResponse,
  type InferResponse,
  type OutputTensor,
} from "./oip/response.ts";
export {
  type InferRoute,
  matchRoute,
  methodsOf,
  type ReadRoute,
  type Route,
} from "./oip/route.ts";
export { type Priority, readPriority, readTimeout } from "./oip/schedule.ts";
export { type Datatype, ELEMENT_BYTES, elementCount, isDatatype, type Tensor } from "./oip/tensor.ts";
