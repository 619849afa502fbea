import type { Ort } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import { isTorn, type Loaded, NetworkError } from "../sessions.ts";

/** `TensorProto.DataType` of ONNX. */
const UINT8 = 2;

/** onnxruntime-web/lib/wasm/wasm-common.ts: where a tensor is. */
const IN_MEMORY = 1;

/** Of an address. */
const BYTES = 4;

/** As onnxruntime-web has them where it is not told otherwise. */
const ALL_OPTIMIZATIONS = 99;
const SEQUENTIAL = 0;

export const LOG_ERRORS = 3;

/**
 * A network of one uint8 input and one uint8 output, ready to run. What onnxruntime-web's own sessions do (lib/wasm/wasm-core-impl.ts), for one
 * of several instances: they know only one, which a module of theirs keeps for good.
 *
 * @throws NetworkError where the file is no network, or there is no memory for it
 */
export function openSession(ort: Ort, file: ArrayBuffer): Loaded {
  const session = createSession(ort, new Uint8Array(file));
  const [input, output] = [nameOf(ort, session, 0), nameOf(ort, session, 1)];
  return {
    draw: (bytes, shape) => run(ort, { session, input, output }, bytes, shape),
    release: () => {
      for (const name of [input, output]) ort._OrtFree(name);
      ort._OrtReleaseSession(session);
    },
  };
}

function createSession(ort: Ort, file: Uint8Array): number {
  // Each run gives back what it took: an arena would keep the largest of every size.
  const [hasArena, hasPattern] = [false, false];
  return borrowing((borrow) => {
    const options = ort._OrtCreateSessionOptions(
      ...([ALL_OPTIMIZATIONS, hasArena, hasPattern, SEQUENTIAL, false] as const),
      ...([0, 0, LOG_ERRORS, 0, 0] as const),
    );
    check(options !== 0, ort);
    borrow(options, ort._OrtReleaseSessionOptions);
    const at = borrow(copied(file, ort), ort._free);
    const session = ort._OrtCreateSession(at, file.byteLength, options);
    check(session !== 0, ort);
    return session;
  });
}

/** @returns the address of the name of the input, or of the output behind it */
function nameOf(ort: Ort, session: number, index: number): number {
  return onStack(ort, 2, (at) => {
    check(ort._OrtGetInputOutputMetadata(session, index, at, at + BYTES) === 0, ort);
    ort._OrtFree(ort.getValue(at + BYTES, "*"));
    return ort.getValue(at, "*");
  });
}

type Named = { session: number; input: number; output: number };

function run(
  ort: Ort,
  { session, ...names }: Named,
  bytes: Uint8Array,
  shape: readonly number[],
): Uint8Array {
  return borrowing((borrow) => {
    const data = borrow(copied(bytes, ort), ort._free);
    const input = onStack(ort, shape.length, (sides) => {
      for (const [i, side] of shape.entries()) ort.setValue(sides + i * BYTES, side, "*");
      return ort._OrtCreateTensor(UINT8, data, bytes.byteLength, sides, shape.length, IN_MEMORY);
    });
    check(input !== 0, ort);
    borrow(input, ort._OrtReleaseTensor);
    const output = onStack(ort, 4, (at) => {
      const given = [names.input, input, names.output, 0];
      for (const [i, value] of given.entries()) ort.setValue(at + i * BYTES, value, "*");
      const [inputNames, inputs, outputNames, outputs] = given.map((_, i) => at + i * BYTES) as Four;
      check(ort._OrtRun(session, inputNames, inputs, 1, outputNames, 1, outputs, 0) === 0, ort);
      return ort.getValue(outputs, "*");
    });
    borrow(output, ort._OrtReleaseTensor);
    return bytesOf(output, ort);
  });
}

/**
 * Gives back what the work has borrowed from ONNX Runtime, the last first, unless that is torn: nothing is asked of it then, which might
 * never answer, or hide by what it throws why it is.
 */
function borrowing<Result>(
  work: (borrow: (handle: number, giveBack: (handle: number) => unknown) => number) => Result,
): Result {
  const borrowed: (() => void)[] = [];
  const giveAllBack = () => {
    for (const giveBack of borrowed.reverse()) giveBack();
  };
  try {
    const result = work((handle, giveBack) => {
      borrowed.push(() => giveBack(handle));
      return handle;
    });
    giveAllBack();
    return result;
  } catch (error) {
    if (!isTorn(error)) giveAllBack();
    throw error;
  }
}

type Four = [number, number, number, number];

/** A copy of what is in a tensor. */
function bytesOf(tensor: number, ort: Ort): Uint8Array {
  return onStack(ort, 4, (at) => {
    check(ort._OrtGetTensorData(tensor, at, at + BYTES, at + 2 * BYTES, at + 3 * BYTES) === 0, ort);
    const [type, data, sides, rank] = [0, 1, 2, 3].map((i) => ort.getValue(at + i * BYTES, "*")) as Four;
    let length = 1;
    for (let i = 0; i < rank; i++) length *= ort.getValue(sides + i * BYTES, "*");
    ort._OrtFree(sides);
    if (type !== UINT8) throw new NetworkError(`the output is of type ${type}, no bytes`);
    return ort.HEAPU8.slice(data, data + length);
  });
}

function copied(bytes: Uint8Array, ort: Ort): number {
  const at = ort._malloc(bytes.byteLength);
  if (at === 0) throw new NetworkError(`no memory could be allocated for ${bytes.byteLength} bytes`);
  ort.HEAPU8.set(bytes, at);
  return at;
}

/** @param values addresses, or numbers as long as them */
function onStack<Result>(ort: Ort, values: number, work: (at: number) => Result): Result {
  return borrowing((borrow) => {
    borrow(ort.stackSave(), ort.stackRestore);
    return work(ort.stackAlloc(values * BYTES));
  });
}

/** @throws NetworkError with what ONNX Runtime says of it, where something is not well */
export function check(isWell: boolean, ort: Ort): void {
  if (isWell) return;
  const [code, message] = onStack(ort, 2, (at) => {
    ort._OrtGetLastError(at, at + BYTES);
    const text = ort.getValue(at + BYTES, "*");
    return [ort.getValue(at, "*"), text === 0 ? "" : ort.UTF8ToString(text)] as const;
  });
  throw new NetworkError(`ERROR_CODE: ${code}, ERROR_MESSAGE: ${message}`);
}
