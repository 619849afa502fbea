import { isRecord } from "../record.ts";
import { OipError } from "./error.ts";

/** A body taken apart; `tensors` holds views into it, by tensor name, of those that travelled as binary data. */
export type Binary = { header: unknown; tensors: Map<string, Uint8Array> };

/**
 * Joins a JSON header and raw tensors into one body. The header's `inputs` (or else `outputs`) that carry
 * `parameters.binary_data_size` name the tensors, in this order; throws a RangeError where the sizes differ.
 */
export function encodeBinary(
  header: object,
  tensors: readonly Uint8Array[],
): { body: Uint8Array<ArrayBuffer>; headerLength: number } {
  const sizes = binaryEntries(header).map(({ size }) => size);
  if (sizes.length !== tensors.length || sizes.some((size, i) => size !== tensors[i]?.byteLength)) {
    throw new RangeError("the header's binary_data_size values are not the tensors' lengths");
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = tensors.reduce((sum, tensor) => sum + tensor.byteLength, json.byteLength);
  const body = new Uint8Array(length);
  body.set(json);
  let offset = json.byteLength;
  for (const tensor of tensors) {
    body.set(tensor, offset);
    offset += tensor.byteLength;
  }
  return { body, headerLength: json.byteLength };
}

/**
 * Takes a body apart: `headerLength` bytes of JSON, then every tensor with a `binary_data_size`, to the last byte.
 * Throws OipError 400 on anything else.
 */
export function decodeBinary(body: Uint8Array, headerLength: number): Binary {
  if (headerLength > body.byteLength) {
    throw new OipError(400, `the JSON header of ${headerLength} bytes is longer than the body`);
  }
  const header = parseJson(body.subarray(0, headerLength));
  const tensors = new Map<string, Uint8Array>();
  let offset = headerLength;
  for (const { name, size } of binaryEntries(header)) {
    if (size > body.byteLength - offset) {
      throw new OipError(400, `the body ends before the ${size} bytes of tensor "${name}"`);
    }
    if (tensors.has(name)) throw new OipError(400, `tensor "${name}" is given twice`);
    tensors.set(name, body.subarray(offset, offset + size));
    offset += size;
  }
  if (offset !== body.byteLength) {
    throw new OipError(400, `${body.byteLength - offset} bytes follow the last tensor`);
  }
  return { header, tensors };
}

/** The Inference-Header-Content-Length header as a number; without it the whole body is JSON. */
export function headerLength(value: string | null | undefined, bodyLength: number): number {
  if (value === null || value === undefined) return bodyLength;
  if (!/^\d{1,15}$/.test(value)) {
    throw new OipError(400, "Inference-Header-Content-Length must be a number of bytes");
  }
  return Number(value);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new OipError(400, "the header is not valid JSON in UTF-8");
  }
}

function binaryEntries(header: unknown): { name: string; size: number }[] {
  if (!isRecord(header)) return [];
  const listed = header.inputs ?? header.outputs;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry: unknown) => {
    if (!isRecord(entry) || !isRecord(entry.parameters)) return [];
    const size = entry.parameters.binary_data_size;
    if (size === undefined) return [];
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new OipError(400, "binary_data_size must be a whole number of bytes");
    }
    if (typeof entry.name !== "string") throw new OipError(400, "a tensor has no name");
    return [{ name: entry.name, size }];
  });
}
