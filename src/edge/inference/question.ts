import { encodeInferRequest } from "../../contract/oip.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Priority } from "./priority.ts";

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

/** Bytes of a UINT8 in JSON at most: `255, ` is 5, the brackets of nested pixels, `[…], `, add a third of 4. */
export const UINT8_IN_JSON = 7;

/** Triton's: what comes first has the least number. */
const PRIORITIES: Record<Priority, number> = { interactive: 1, batch: 2 };

/** A place for microseconds, of as many digits as the longest timeout has. */
const PLACE = 999_999_999;
const DIGITS = String(PLACE).length;

export type QuestionBody = {
  headers: Readonly<Record<string, string>>;
  /** The request's body for an attempt of so many milliseconds: always the same bytes, written over. */
  within: (timeout: number) => Uint8Array<ArrayBuffer>;
};

/**
 * Encodes a question once for all attempts: its tensor has megabytes, of which an isolate's memory does not hold many. What differs between
 * attempts is the time that is left, which is written into its place.
 */
export function encodeQuestion({ image, outputs }: Question, priority: Priority): QuestionBody {
  const { body, headers } = encodeInferRequest({
    parameters: { priority: PRIORITIES[priority], timeout: PLACE },
    inputs: [{ name: "image", datatype: "UINT8", ...image }],
    outputs: outputs.map((name) => ({ name, binary: true })),
  });
  const label = '"timeout":';
  const beginning = new TextDecoder().decode(body.subarray(0, 256));
  const at = beginning.indexOf(`${label}${PLACE}`) + label.length;
  return {
    headers,
    within: (timeout) => {
      const microseconds = Math.min(PLACE, Math.max(1, Math.round(timeout * 1000)));
      body.set(new TextEncoder().encode(String(microseconds).padStart(DIGITS)), at);
      return body;
    },
  };
}
