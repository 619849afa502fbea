import * as ort from "onnxruntime-web/wasm";
import { MAX_WASM_PAGES } from "../limits.ts";
import { EngineError, type Loaded } from "../sessions.ts";

/** Stands for the code that ONNX Runtime would compile, which workerd forbids: it has been compiled when the Worker was deployed. */
const SENTINEL = new Uint8Array([0]).buffer;

let memory: WebAssembly.Memory | undefined;
let start: "not begun" | "begun" | "over" = "not begun";

/** Bytes that the runtime's memory has grown to; it never shrinks. */
export const wasmBytes = (): number => memory?.buffer.byteLength ?? 0;

/**
 * A network of one uint8 input and one uint8 output, ready to run.
 *
 * @throws Error where the file is no network, or there is no memory for it
 */
export async function load(file: ArrayBuffer): Promise<Loaded> {
  const session = await createSession(file);
  const [input = "", output = ""] = [session.inputNames[0], session.outputNames[0]];
  return {
    draw: async (bytes, shape) => {
      const results = await session.run({ [input]: new ort.Tensor("uint8", bytes, shape) }, [output]);
      const data = results[output]?.data;
      if (data instanceof Uint8Array) return data;
      throw new Error(`the output ${output} is no bytes`);
    },
    release: () => session.release(),
  };
}

/**
 * The runtime starts with the first one. Whoever asks has it alone (turns.ts), so that a start that is not over by now belonged to a request that
 * was ended: ONNX Runtime waits for it for ever, and starts once in a module's life.
 *
 * @throws EngineError
 */
async function createSession(file: ArrayBuffer): Promise<ort.InferenceSession> {
  const create = () =>
    ort.InferenceSession.create(file, {
      executionProviders: ["wasm"],
      // Each run gives back what it took: an arena would keep the largest of every size.
      enableCpuMemArena: false,
      enableMemPattern: false,
    });
  if (start === "over") return create();
  if (start === "begun") throw new EngineError("the runtime's start was cut off");
  start = "begun";
  try {
    return await started(create);
  } finally {
    start = "over"; // a network that cannot be loaded is not the next one's trouble
  }
}

/** Runs what starts the runtime with our code and our memory in place of those that it would make. */
async function started<Result>(work: () => Promise<Result>): Promise<Result> {
  const { default: module } = await import("../dist/ort.wasm");
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: SENTINEL });
  ort.env.logLevel = "error";
  const { instantiate, Memory } = WebAssembly;
  const { waitAsync } = Atomics;
  const replaced = {
    instantiate: async (_: unknown, imports: WebAssembly.Imports) => ({
      module,
      instance: new WebAssembly.Instance(module, imports),
    }),
    /** As small as it may be, and not shared, as ../dist/ort.wasm wants it: unshare.mjs. */
    Memory: class extends Memory {
      constructor({ initial, maximum = 0 }: WebAssembly.MemoryDescriptor) {
        super({ initial, maximum: Math.min(maximum, MAX_WASM_PAGES) });
        if (initial > 0) memory = this;
      }
    },
  };
  Object.assign(WebAssembly, replaced);
  Object.assign(Atomics, { waitAsync: undefined }); // for letters from other threads, which there are none of, in shared memory
  try {
    return await work();
  } finally {
    Object.assign(WebAssembly, { instantiate, Memory });
    Object.assign(Atomics, { waitAsync });
  }
}
