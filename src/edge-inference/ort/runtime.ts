import createOrt, { type Ort } from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import { MAX_WASM_PAGES } from "../limits.ts";
import type { Loaded, Runtime } from "../sessions.ts";
import { check, LOG_ERRORS, openSession } from "./session.ts";

/**
 * ONNX Runtime: its instances, one after the other, all in one memory. An isolate has no room for a second one beside it, and V8 collects what
 * is given up when it likes.
 */
export class OrtRuntime implements Runtime {
  #memory: WebAssembly.Memory | undefined;
  #ort: Ort | undefined;

  get bytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Workers may not compile ONNX Runtime's code: it has been compiled when the Worker was deployed. */
  async start(): Promise<void> {
    this.#ort = undefined;
    const { default: code } = await import("../dist/ort.wasm");
    const ort = await this.#inOwnMemory(() =>
      createOrt({
        numThreads: 1,
        instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(code, imports), code),
      }),
    );
    check(ort._OrtInit(1, LOG_ERRORS) === 0, ort);
    this.#ort = ort;
  }

  load(file: ArrayBuffer): Loaded {
    if (!this.#ort) throw new Error("ONNX Runtime has not been started");
    return openSession(this.#ort, file);
  }

  /**
   * Makes an instance with our memory in place of what it would ask for: at first as small as it may be, and not shared, as ../dist/ort.wasm
   * wants it (unshare.mjs). All that is replaced for that is back before anybody else has a word.
   */
  #inOwnMemory(create: () => Promise<Ort>): Promise<Ort> {
    const { Memory } = WebAssembly;
    const { waitAsync } = Atomics;
    const take = (limits: WebAssembly.MemoryDescriptor) => this.#take(limits, Memory);
    function Own(limits: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
      return take(limits);
    }
    Object.assign(WebAssembly, { Memory: Own });
    Object.assign(Atomics, { waitAsync: undefined }); // for letters from other threads, which there are none of, in shared memory
    try {
      return create();
    } finally {
      Object.assign(WebAssembly, { Memory });
      Object.assign(Atomics, { waitAsync });
    }
  }

  /**
   * The memory, as an instance expects it: all zeros, which it takes for never having been set up, and writes its data. It stays as large as it
   * has grown.
   */
  #take({ initial, maximum = 0 }: WebAssembly.MemoryDescriptor, Memory: typeof WebAssembly.Memory) {
    const limits = { initial, maximum: Math.min(maximum, MAX_WASM_PAGES) };
    if (initial === 0) return new Memory(limits); // asked for its buffer's type only
    if (this.#memory) new Uint8Array(this.#memory.buffer).fill(0);
    this.#memory ??= new Memory(limits);
    return this.#memory;
  }
}
