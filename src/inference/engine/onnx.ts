import ort from "onnxruntime-node";
import {
  type Datatype,
  ELEMENT_BYTES,
  elementCount,
  type Tensor,
  type TensorMetadata,
} from "../../contract/oip.ts";

type OrtType = Exclude<keyof ort.Tensor.DataTypeMap, "string" | "uint4" | "int4">;
type View = (buffer: ArrayBufferLike, offset: number, length: number) => ort.Tensor.DataTypeMap[OrtType];

const TYPES = {
  BOOL: ["bool", (b, o, n) => new Uint8Array(b, o, n)],
  UINT8: ["uint8", (b, o, n) => new Uint8Array(b, o, n)],
  UINT16: ["uint16", (b, o, n) => new Uint16Array(b, o, n)],
  UINT32: ["uint32", (b, o, n) => new Uint32Array(b, o, n)],
  UINT64: ["uint64", (b, o, n) => new BigUint64Array(b, o, n)],
  INT8: ["int8", (b, o, n) => new Int8Array(b, o, n)],
  INT16: ["int16", (b, o, n) => new Int16Array(b, o, n)],
  INT32: ["int32", (b, o, n) => new Int32Array(b, o, n)],
  INT64: ["int64", (b, o, n) => new BigInt64Array(b, o, n)],
  FP16: ["float16", (b, o, n) => new Uint16Array(b, o, n)],
  FP32: ["float32", (b, o, n) => new Float32Array(b, o, n)],
  FP64: ["float64", (b, o, n) => new Float64Array(b, o, n)],
} as const satisfies Partial<Record<Datatype, readonly [OrtType, View]>>;

type Runnable = keyof typeof TYPES;

/** Whether onnxruntime-node can be given this datatype; it knows no bfloat16, and strings are not served. */
function isRunnable(datatype: Datatype): datatype is Runnable {
  return Object.hasOwn(TYPES, datatype);
}

export function toOrt({ datatype, shape, bytes }: Tensor): ort.Tensor {
  if (!isRunnable(datatype)) throw new TypeError(`the runtime takes no ${datatype}`);
  const [type, view] = TYPES[datatype];
  // A tensor in the middle of a body may begin at any byte; wider elements need theirs on a boundary.
  const aligned = bytes.byteOffset % ELEMENT_BYTES[datatype] === 0 ? bytes : bytes.slice();
  return new ort.Tensor(type, view(aligned.buffer, aligned.byteOffset, elementCount(shape)), shape);
}

export function fromOrt(name: string, tensor: ort.Tensor): Tensor {
  const { data } = tensor;
  if (!ArrayBuffer.isView(data)) throw new TypeError(`output "${name}" is no numeric tensor`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, datatype: datatypeOf(tensor.type), shape: [...tensor.dims], bytes };
}

/** Says in one sentence what is wrong with a configuration, against the network itself; null when all is well. */
export function mismatch(
  what: "input" | "output",
  configured: readonly TensorMetadata[],
  actual: readonly ort.InferenceSession.ValueMetadata[],
): string | null {
  for (const { name, datatype, shape } of configured) {
    const found = actual.find((value) => value.name === name);
    if (found === undefined) return `the network has no ${what} "${name}"`;
    if (!found.isTensor) return `${what} "${name}" is no tensor`;
    if (!isRunnable(datatype)) return `${what} "${name}": ${datatype} is not supported`;
    if (TYPES[datatype][0] !== found.type) return `${what} "${name}" is ${found.type}, not ${datatype}`;
    // An empty shape is one that the network does not tell.
    const fits = found.shape.every((side, i) => typeof side === "string" || side === shape[i]);
    if (found.shape.length > 0 && (found.shape.length !== shape.length || !fits)) {
      const sides = found.shape.map((side) => (typeof side === "string" ? -1 : side));
      return `${what} "${name}" has the shape [${sides}], not [${shape}] as configured (with the batch first, if any)`;
    }
  }
  const extra =
    what === "input" && actual.find(({ name }) => !configured.some((input) => input.name === name));
  return extra ? `the network's input "${extra.name}" is not configured` : null;
}

function datatypeOf(type: ort.Tensor.Type): Datatype {
  for (const [datatype, [name]] of Object.entries(TYPES)) {
    if (name === type) return datatype as Runnable;
  }
  throw new TypeError(`the runtime's type ${type} has no name in the protocol`);
}
