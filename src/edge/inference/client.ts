import {
  decodeInferResponse,
  encodeInferRequest,
  errorMessage,
  HEADER_LENGTH,
  type InferResponse,
  OipError,
} from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";

export type InferenceEndpoint = {
  /** Of an Open Inference Protocol v2 server, without a slash at the end. */
  url: string;
  /** Follows the style in the model's name, `ttn_{style}{suffix}`. */
  modelSuffix: string;
  /** Milliseconds, queueing included. */
  timeout: number;
  fetch: typeof fetch;
};

/** Room for the JSON header of an answer, beside its tensor. */
const HEADER_ROOM = 64 * 1024;

/** Bytes of a value in JSON at most: `255, ` is 5, the brackets of nested pixels, `[…], `, add a third of 4. */
const JSON_VALUE = 7;

/**
 * Has a style's network draw one picture: [height, width, 3] sRGB bytes in, as many out.
 *
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function draw(
  rgb: Uint8Array,
  size: { width: number; height: number },
  style: string,
  endpoint: InferenceEndpoint,
): Promise<Uint8Array> {
  const shape = [1, size.height, size.width, 3];
  const { body, headers } = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", shape, bytes: rgb }],
    outputs: [{ name: "stylized", binary: true }],
  });
  const { fetch, timeout } = endpoint;
  const signal = AbortSignal.timeout(timeout);
  let response: Response;
  let bytes: Uint8Array | undefined;
  try {
    const url = `${modelUrl(style, endpoint)}/infer`;
    response = await fetch(url, { method: "POST", headers, body, signal });
    const valueBytes = response.headers.has(HEADER_LENGTH) ? 1 : JSON_VALUE;
    bytes = await readBounded(response, valueBytes * rgb.byteLength + HEADER_ROOM);
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    if (!signal.aborted) throw unavailable(cause);
    throw new ProblemError("inference_timeout", `The network took over ${timeout / 1000} seconds.`, {
      cause,
    });
  }
  if (!bytes) throw failed("the answer is longer than the picture asked for");
  if (response.status !== 200) throw refused(response, bytes);
  return stylized(decoded(bytes, response.headers.get(HEADER_LENGTH)), shape);
}

/** Whether the endpoint says that this style's model can draw now. Never throws. */
export async function isReady(style: string, endpoint: InferenceEndpoint): Promise<boolean> {
  const { fetch, timeout } = endpoint;
  try {
    const signal = AbortSignal.timeout(Math.min(timeout, 5_000));
    const response = await fetch(`${modelUrl(style, endpoint)}/ready`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

const modelUrl = (style: string, { url, modelSuffix }: InferenceEndpoint) =>
  `${url}/v2/models/ttn_${style}${modelSuffix}`;

function decoded(bytes: Uint8Array, headerLength: string | null): InferResponse {
  try {
    return decodeInferResponse(bytes, headerLength);
  } catch (error) {
    if (error instanceof OipError) throw failed(error.message);
    throw error;
  }
}

function stylized(response: InferResponse, shape: readonly number[]): Uint8Array {
  const output = response.outputs.find(({ name }) => name === "stylized");
  if (output?.datatype !== "UINT8" || output.shape.join() !== shape.join()) {
    throw failed(`expected stylized UINT8 [${shape}], got ${output?.datatype} [${output?.shape}]`);
  }
  return output.bytes;
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

const failed = (cause: string) =>
  new ProblemError("inference_failed", "The inference endpoint did not answer with a picture.", { cause });
