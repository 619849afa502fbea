import {
  type Datatype,
  decodeInferResponse,
  encodeInferRequest,
  errorMessage,
  HEADER_LENGTH,
  type InferResponse,
  OipError,
  type Tensor,
} from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import type { Endpoint, Inference } from "./endpoint.ts";

/** What one model is asked, and how much it may answer. */
export type Question = {
  /** Its name, which may be another at each endpoint. */
  model: (endpoint: Endpoint) => string;
  /** [batch, height, width, 3] of sRGB. */
  image: { shape: number[]; bytes: Uint8Array };
  outputs: readonly string[];
  /** Values of all outputs together at most, and their bytes: each as binary data, and as JSON. */
  most: { values: number; binaryBytes: number; jsonBytes: number };
};

/** Room for the JSON header of an answer, beside its tensors. */
const HEADER_ROOM = 64 * 1024;

/**
 * Has a model infer, and answers all its outputs that were asked for, whatever they are.
 *
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function infer(question: Question, inference: Inference): Promise<InferResponse> {
  const { image, outputs, most } = question;
  const encoded = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", ...image }],
    outputs: outputs.map((name) => ({ name, binary: true })),
  });
  const [endpoint] = inference.endpoints;
  const { fetch } = endpoint;
  const timeout = Math.min(endpoint.timeout, inference.timeout);
  const signal = AbortSignal.timeout(timeout);
  const model = question.model(endpoint);
  const url = `${modelUrl(model, endpoint)}/infer`;
  const watched = inference.observer.attempt({ endpoint: endpoint.name, model, reason: "first" });
  const headers = { ...endpoint.headers, ...encoded.headers, ...watched.headers };
  let response: Response;
  let bytes: Uint8Array | undefined;
  try {
    response = await fetch(url, { method: "POST", headers, body: encoded.body, signal });
    const valueBytes = response.headers.has(HEADER_LENGTH) ? most.binaryBytes : most.jsonBytes;
    bytes = await readBounded(response, valueBytes * most.values + HEADER_ROOM);
  } catch (cause) {
    watched.end(signal.aborted ? "timeout" : "unreachable");
    if (isOutOfMemory(cause)) throw cause;
    if (!signal.aborted) throw unavailable(cause);
    throw new ProblemError("inference_timeout", `The network took over ${timeout / 1000} seconds.`, {
      cause,
    });
  }
  const isBusy = response.status === 429 || response.status === 503;
  watched.end(isBusy ? "busy" : response.status === 200 && bytes ? "answered" : "wrong", response.headers);
  if (!bytes) throw failed("the answer is longer than what was asked for");
  if (response.status !== 200) throw refused(response, bytes);
  return decoded(bytes, response.headers.get(HEADER_LENGTH));
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
  throw failed(`expected ${name} of ${datatype}, got ${output?.datatype} [${output?.shape}]`);
}

/** Whether the endpoint says that a model can answer now. Never throws. */
export async function isReady(model: string, endpoint: Endpoint): Promise<boolean> {
  const { fetch, headers, timeout } = endpoint;
  try {
    const signal = AbortSignal.timeout(Math.min(timeout, 5_000));
    const response = await fetch(`${modelUrl(model, endpoint)}/ready`, { headers, signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

const modelUrl = (model: string, { url }: Endpoint) => `${url}/v2/models/${model}`;

function decoded(bytes: Uint8Array, headerLength: string | null): InferResponse {
  try {
    return decodeInferResponse(bytes, headerLength);
  } catch (error) {
    if (error instanceof OipError) throw failed(error.message);
    throw error;
  }
}

function refused({ status, headers }: Response, body: Uint8Array): ProblemError {
  const reason = `${status}: ${errorMessage(new TextDecoder().decode(body)) ?? "no error message"}`;
  // 502 and 504 are what a proxy before the endpoint says while it restarts.
  if (![429, 502, 503, 504].includes(status)) return failed(reason);
  const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
  return unavailable(reason, seconds >= 1 && seconds <= 600 ? Math.ceil(seconds) : undefined);
}

function unavailable(cause: unknown, retryAfter?: number): ProblemError {
  const detail = "The inference endpoint is busy or cannot be reached.";
  return new ProblemError("inference_unavailable", detail, { cause, retryAfter });
}

export const failed = (cause: string) =>
  new ProblemError("inference_failed", "The inference endpoint did not answer with a picture.", { cause });
