import createOrt, { type Ort } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import { MAX_WASM_PAGES } from "../limits.ts";
import type { Runtime } from "../sessions.ts";
import { check, LOG_ERRORS, openSession } from "./session.ts";

/**
 * ONNX Runtime, with a memory of its own: there may be another when this one is of no use any more. Workers may not compile its code: it has
 * been compiled when the Worker was deployed.
 */
export async function startRuntime(): Promise<Runtime> {
  const { default: code } = await import("../dist/ort.wasm");
  const { ort, memory } = await withOwnMemory(() =>
    createOrt({
      numThreads: 1,
      instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(code, imports), code),
    }),
  );
  check(ort._OrtInit(1, LOG_ERRORS) === 0, ort);
  return {
    load: (file) => openSession(ort, file),
    get bytes() {
      return memory.buffer.byteLength;
    },
  };
}

/**
 * Makes an instance with our memory in place of what it would ask for: as small as it may be, and not shared, as ../dist/ort.wasm wants it
 * (unshare.mjs). All that is replaced for that is back before anybody else has a word.
 */
async function withOwnMemory(create: () => Promise<Ort>): Promise<{ ort: Ort; memory: WebAssembly.Memory }> {
  const { Memory } = WebAssembly;
  const { waitAsync } = Atomics;
  let memory: WebAssembly.Memory | undefined;
  const own = class extends Memory {
    constructor({ initial, maximum = 0 }: WebAssembly.MemoryDescriptor) {
      super({ initial, maximum: Math.min(maximum, MAX_WASM_PAGES) });
      if (initial > 0) memory = this;
    }
  };
  Object.assign(WebAssembly, { Memory: own });
  Object.assign(Atomics, { waitAsync: undefined }); // for letters from other threads, which there are none of, in shared memory
  let created: Promise<Ort>;
  try {
    created = create();
  } finally {
    Object.assign(WebAssembly, { Memory });
    Object.assign(Atomics, { waitAsync });
  }
  const ort = await created;
  if (!memory) throw new Error("ONNX Runtime has asked for no memory");
  return { ort, memory };
}
