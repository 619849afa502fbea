import { OipError } from "./error.ts";

/** Bytes of one element; BYTES elements have a length of their own. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: null,
} as const;

export type Datatype = keyof typeof ELEMENT_BYTES;

/** Row major, little endian, without padding; `bytes` has exactly the length that shape and datatype give. */
export type Tensor = { name: string; datatype: Datatype; shape: number[]; bytes: Uint8Array };

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === "string" && Object.hasOwn(ELEMENT_BYTES, value);
}

/** How many elements a shape holds; a scalar's empty shape holds one. Throws where that is no exact integer. */
export function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, side) => product * side, 1);
  if (!Number.isSafeInteger(count)) throw new OipError(400, `shape [${shape}] holds too many elements`);
  return count;
}

/** Bytes of a tensor; 501 for BYTES, whose elements are strings and which no model here takes. */
export function byteLength(datatype: Datatype, shape: readonly number[]): number {
  const bytes = ELEMENT_BYTES[datatype];
  if (bytes === null) throw new OipError(501, "datatype BYTES is not supported");
  return elementCount(shape) * bytes;
}
