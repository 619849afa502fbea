import { OipError } from "./error.ts";
import { byteLength, type Datatype, elementCount } from "./tensor.ts";

type Numeric = Exclude<Datatype, "BOOL" | "BYTES" | "FP16" | "BF16">;
type Write = (view: DataView, offset: number, value: number) => void;
type Read = (view: DataView, offset: number) => number | bigint;
type Element = { bytes: number; range: readonly [number, number] | null; write: Write; read: Read };

/** 64-bit integers keep the range that a JSON number carries exactly. */
const SAFE = Number.MAX_SAFE_INTEGER;
const ELEMENTS: Record<Numeric, Element> = {
  UINT8: { bytes: 1, range: [0, 0xff], write: (v, o, x) => v.setUint8(o, x), read: (v, o) => v.getUint8(o) },
  UINT16: {
    bytes: 2,
    range: [0, 0xffff],
    write: (v, o, x) => v.setUint16(o, x, true),
    read: (v, o) => v.getUint16(o, true),
  },
  UINT32: {
    bytes: 4,
    range: [0, 0xffffffff],
    write: (v, o, x) => v.setUint32(o, x, true),
    read: (v, o) => v.getUint32(o, true),
  },
  UINT64: {
    bytes: 8,
    range: [0, SAFE],
    write: (v, o, x) => v.setBigUint64(o, BigInt(x), true),
    read: (v, o) => v.getBigUint64(o, true),
  },
  INT8: { bytes: 1, range: [-0x80, 0x7f], write: (v, o, x) => v.setInt8(o, x), read: (v, o) => v.getInt8(o) },
  INT16: {
    bytes: 2,
    range: [-0x8000, 0x7fff],
    write: (v, o, x) => v.setInt16(o, x, true),
    read: (v, o) => v.getInt16(o, true),
  },
  INT32: {
    bytes: 4,
    range: [-0x80000000, 0x7fffffff],
    write: (v, o, x) => v.setInt32(o, x, true),
    read: (v, o) => v.getInt32(o, true),
  },
  INT64: {
    bytes: 8,
    range: [-SAFE, SAFE],
    write: (v, o, x) => v.setBigInt64(o, BigInt(x), true),
    read: (v, o) => v.getBigInt64(o, true),
  },
  FP32: {
    bytes: 4,
    range: null,
    write: (v, o, x) => v.setFloat32(o, x, true),
    read: (v, o) => v.getFloat32(o, true),
  },
  FP64: {
    bytes: 8,
    range: null,
    write: (v, o, x) => v.setFloat64(o, x, true),
    read: (v, o) => v.getFloat64(o, true),
  },
};

/**
 * A tensor's `data`, flat or nested exactly as its shape, as raw bytes. OipError 400 where a value or the nesting
 * does not fit; 16-bit floats have no JSON form in the protocol.
 */
export function bytesFromJson(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: unknown,
): Uint8Array {
  if (!Array.isArray(data)) throw new OipError(400, `tensor "${name}" has no data`);
  const count = elementCount(shape);
  const flat = data.length === count && !Array.isArray(data[0]) ? data : unnest(name, shape, data);
  // Only now, with `count` values in hand, is it safe to reserve what the shape asks for.
  const bytes = new Uint8Array(byteLength(datatype, shape));
  const view = new DataView(bytes.buffer);
  if (datatype === "BOOL") {
    for (let i = 0; i < count; i++) {
      if (typeof flat[i] !== "boolean") throw unfit(name, datatype, i);
      bytes[i] = flat[i] ? 1 : 0;
    }
    return bytes;
  }
  const { bytes: step, range, write } = element(name, datatype);
  for (let i = 0; i < count; i++) {
    const value: unknown = flat[i];
    const fits =
      typeof value === "number" &&
      (range === null || (Number.isInteger(value) && value >= range[0] && value <= range[1]));
    if (!fits) throw unfit(name, datatype, i);
    write(view, i * step, value);
  }
  return bytes;
}

/** Raw bytes as a flat `data` array. OipError 400 where JSON cannot carry a value: the caller should ask for binary. */
export function jsonFromBytes(name: string, datatype: Datatype, bytes: Uint8Array): (number | boolean)[] {
  if (datatype === "UINT8") return Array.from(bytes);
  if (datatype === "BOOL") return Array.from(bytes, (byte) => byte !== 0);
  const { bytes: step, read } = element(name, datatype);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / step }, (_, i) => {
    const value = read(view, i * step);
    const number = Number(value);
    if (!Number.isFinite(number) || (typeof value === "bigint" && !Number.isSafeInteger(number))) {
      throw new OipError(400, `tensor "${name}" holds values that JSON cannot carry: ask for binary data`);
    }
    return number;
  });
}

function element(name: string, datatype: Exclude<Datatype, "BOOL">): Element {
  if (datatype === "BYTES" || datatype === "FP16" || datatype === "BF16") {
    throw new OipError(
      400,
      `tensor "${name}" of datatype ${datatype} cannot travel as JSON: use binary data`,
    );
  }
  return ELEMENTS[datatype];
}

function unnest(name: string, shape: readonly number[], data: unknown[]): unknown[] {
  let level: unknown[] = [data];
  for (const side of shape) {
    const next: unknown[] = [];
    for (const part of level) {
      if (!Array.isArray(part) || part.length !== side) {
        throw new OipError(400, `the data of tensor "${name}" does not have the shape [${shape}]`);
      }
      for (const item of part) next.push(item);
    }
    level = next;
  }
  return level;
}

function unfit(name: string, datatype: Datatype, index: number): OipError {
  return new OipError(400, `value ${index} of tensor "${name}" is no ${datatype}`);
}
