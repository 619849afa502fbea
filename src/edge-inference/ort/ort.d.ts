/**
 * ONNX Runtime as Emscripten has built it, and as much of it as is used here: onnxruntime-web/lib/wasm/wasm-types.ts has all. Addresses, which
 * handles are too, are numbers of four bytes.
 */
declare module "onnxruntime-web/ort-wasm-simd-threaded.mjs" {
  export type Ort = {
    /** Another view once the memory has grown. */
    readonly HEAPU8: Uint8Array;
    _malloc: (bytes: number) => number;
    _free: (at: number) => void;
    stackSave: () => number;
    stackRestore: (stack: number) => void;
    stackAlloc: (bytes: number) => number;
    getValue: (at: number, type: "*") => number;
    setValue: (at: number, value: number, type: "*") => void;
    UTF8ToString: (at: number) => string;
    /** These answer with 0 where all is well. */
    _OrtInit: (threads: number, logLevel: number) => number;
    _OrtGetLastError: (code: number, message: number) => number;
    _OrtGetInputOutputMetadata: (session: number, index: number, name: number, metadata: number) => number;
    _OrtRun: (
      ...given: [
        ...[session: number, inputNames: number, inputs: number, inputCount: number],
        ...[outputNames: number, outputCount: number, outputs: number, options: number],
      ]
    ) => number;
    _OrtGetTensorData: (tensor: number, type: number, data: number, sides: number, rank: number) => number;
    _OrtReleaseTensor: (tensor: number) => number;
    _OrtReleaseSession: (session: number) => number;
    _OrtReleaseSessionOptions: (options: number) => number;
    _OrtFree: (at: number) => number;
    /** These with a handle, 0 where something went wrong. */
    _OrtCreateSessionOptions: (
      ...given: [
        ...[optimization: number, hasArena: boolean, hasPattern: boolean, mode: number, isProfiled: boolean],
        ...[profile: number, logId: number, logLevel: number, verbosity: number, optimizedModel: number],
      ]
    ) => number;
    _OrtCreateSession: (file: number, length: number, options: number) => number;
    _OrtCreateTensor: (
      ...given: [type: number, data: number, length: number, sides: number, rank: number, place: number]
    ) => number;
  };

  /** Each call makes an instance with a memory of its own, which it asks for before it first waits. */
  export default function createOrt(options: {
    numThreads: number;
    instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, code: WebAssembly.Module) => void,
    ) => void;
  }): Promise<Ort>;
}
