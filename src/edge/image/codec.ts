import "./image-data.ts";
import { OutOfMemory } from "../out-of-memory.ts";
import { bound, isExhausted, isFull } from "./memory.ts";
import { DecodeError } from "./pixels.ts";

/** A running codec: its functions, and the memory that they grow. */
type Running<Api> = { api: Api; memory: WebAssembly.Memory };

/**
 * What idle codecs may hold together, of the isolate's 128 MB: the one at work takes up to about 90, its file included
 * (docs/memory.md). WebAssembly memory never shrinks, so a codec that grew for a large picture is dropped when room is short.
 * Dropping all of them at once would be worse: V8 collects dropped memories late.
 */
const IDLE_BYTES = 32 * 1024 * 1024;

/** The instances that wait for their next use, by their codec. */
const idle = new Map<object, Running<unknown>>();

/**
 * A WebAssembly codec that starts on first use and survives its own crashes: after a trap (broken data, out of memory) its memory
 * is in an unknown state, so the next use gets a fresh instance. Uses are synchronous and therefore never overlap in one instance;
 * two first uses at once may start two instances, of which one is kept. No promise is shared between requests, which workerd
 * forbids.
 */
export class Codec<Api> {
  readonly #start: () => Promise<Running<Api>>;

  constructor(start: () => Promise<Running<Api>>) {
    this.#start = start;
  }

  /**
   * Runs `work`, which must be done with the codec's memory when it returns. What it throws comes out, at the instance's cost.
   *
   * @throws OutOfMemory instead, where that is why
   * @throws DecodeError where the codec's memory is bounded and it wanted more, which sound data does not need
   */
  async use<Result>(work: (api: Api, memory: WebAssembly.Memory) => Result): Promise<Result> {
    const running = await this.#take();
    const result = attempt(work, running);
    this.#giveBack(running);
    return result;
  }

  /** The same for work that waits in between, all the while with an instance of its own. */
  async hold<Result>(work: (api: Api, memory: WebAssembly.Memory) => Promise<Result>): Promise<Result> {
    const running = await this.#take();
    try {
      const result = await work(running.api, running.memory);
      this.#giveBack(running);
      return result;
    } catch (error) {
      throw explained(error, running.memory);
    }
  }

  async #take(): Promise<Running<Api>> {
    const running = (idle.get(this) as Running<Api> | undefined) ?? (await this.#start());
    idle.delete(this);
    return running;
  }

  #giveBack(running: Running<Api>): void {
    idle.set(this, running);
    makeRoom();
  }
}

function attempt<Api, Result>(
  work: (api: Api, memory: WebAssembly.Memory) => Result,
  { api, memory }: Running<Api>,
): Result {
  try {
    return work(api, memory);
  } catch (error) {
    throw explained(error, memory);
  }
}

/** Why a codec failed, where its memory tells. */
function explained(error: unknown, memory: WebAssembly.Memory): unknown {
  if (isFull(memory))
    return new DecodeError("The picture takes more memory than its header promises.", { cause: error });
  return isExhausted(memory) ? new OutOfMemory("A codec ran out of memory.", { cause: error }) : error;
}

/** Drops the largest idle instances until the rest is within bounds. */
function makeRoom(): void {
  const bySize = [...idle].sort(([, a], [, b]) => bytesOf(a) - bytesOf(b));
  let total = bySize.reduce((sum, [, running]) => sum + bytesOf(running), 0);
  for (let last = bySize.pop(); last && total > IDLE_BYTES; last = bySize.pop()) {
    idle.delete(last[0]);
    total -= bytesOf(last[1]);
  }
}

const bytesOf = (running: Running<unknown>) => running.memory.buffer.byteLength;

type EmscriptenFactory<Api> = (options: {
  noInitialRun: boolean;
  print: (line: string) => void;
  printErr: (line: string) => void;
  instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
}) => Promise<Api> | Api;

/**
 * Starts an Emscripten codec from compiled code, since workerd does not compile at run time.
 *
 * @param maxBytes how far its memory may grow; without it, as far as there is memory
 */
export async function startEmscripten<Api>(
  factory: unknown,
  module: WebAssembly.Module,
  maxBytes?: number,
): Promise<Running<Api>> {
  let memory: WebAssembly.Memory | undefined;
  const api = await (factory as EmscriptenFactory<Api>)({
    noInitialRun: true,
    print: () => {},
    printErr: () => {}, // a codec's remarks on broken data belong in no log
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(module, imports);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      if (memory && maxBytes !== undefined) bound(memory, maxBytes);
      done(instance);
      return instance.exports;
    },
  });
  if (!memory) throw new Error("The codec exports no memory.");
  return { api, memory };
}

/** Starts a wasm-bindgen codec whose functions need nothing from outside but a way to fail. */
export async function startBindgen<Api>(module: WebAssembly.Module): Promise<Running<Api>> {
  const imports: Record<string, Record<string, () => never>> = {};
  for (const wanted of WebAssembly.Module.imports(module)) {
    imports[wanted.module] ??= {};
    (imports[wanted.module] as Record<string, () => never>)[wanted.name] = () => {
      throw new Error(`The codec called ${wanted.name}.`);
    };
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  return { api: exports as Api, memory: exports.memory as WebAssembly.Memory };
}

/** What wasm-bindgen's calling convention takes of a codec. */
export type BindgenApi = {
  __wbindgen_add_to_stack_pointer(by: number): number;
  __wbindgen_malloc(bytes: number, align: number): number;
  __wbindgen_free(at: number, bytes: number, align: number): void;
};

/**
 * Calls a function that makes bytes of bytes. `call` is told where it writes its result's place, and where its input lies, which it
 * frees.
 */
export function callBindgen(
  api: BindgenApi,
  memory: WebAssembly.Memory,
  input: Uint8ClampedArray,
  call: (result: number, at: number, bytes: number) => void,
): Uint8Array<ArrayBuffer> {
  const stack = api.__wbindgen_add_to_stack_pointer(-16);
  const inputAt = api.__wbindgen_malloc(input.length, 1) >>> 0;
  new Uint8Array(memory.buffer, inputAt, input.length).set(input);
  call(stack, inputAt, input.length);
  const result = new DataView(memory.buffer, stack, 8);
  const [at, bytes] = [result.getUint32(0, true), result.getUint32(4, true)];
  const output = new Uint8Array(memory.buffer, at, bytes).slice();
  api.__wbindgen_free(at, bytes, 1);
  api.__wbindgen_add_to_stack_pointer(16);
  return output;
}
