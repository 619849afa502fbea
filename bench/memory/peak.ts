/** Bytes at one moment. */
export type Held = { wasm: number; buffers: number };

/** Array buffers smaller than this are no reason to look. */
const NOTABLE = 128 * 1024;

/**
 * Watches the memory that a Worker's isolate would hold: WebAssembly memories and live array buffers, as after a collection. It looks
 * whenever either grows notably, so that no moment between is higher. Needs `--expose-gc`.
 */
export function watchPeak(): () => Held {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) throw new Error("Run with --expose-gc.");
  let highest: Held = { wasm: 0, buffers: 0 };
  let base: Held = { wasm: 0, buffers: 0 };

  /** V8 counts WebAssembly's memories among what is external, but not among array buffers. */
  const held = (): Held => {
    collect();
    collect(); // the first one frees array buffers when it likes, at the latest when the next begins
    const { external, arrayBuffers } = process.memoryUsage();
    return { wasm: external - arrayBuffers - base.wasm, buffers: arrayBuffers - base.buffers };
  };
  const look = () => {
    const now = held();
    if (now.wasm + now.buffers > highest.wasm + highest.buffers) highest = now;
  };
  const lookAt = <T extends { byteLength: number }>(made: T): T => {
    if (made.byteLength >= NOTABLE) look();
    return made;
  };

  const scope = globalThis as unknown as Record<string, new (...args: unknown[]) => { byteLength: number }>;
  for (const name of [
    "ArrayBuffer",
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
  ]) {
    const Made = scope[name];
    if (!Made) continue;
    scope[name] = new Proxy(Made, {
      construct: (target, args, newTarget) =>
        lookAt(Reflect.construct(target, args, newTarget === scope[name] ? target : newTarget)),
    });
  }
  const typed = Object.getPrototypeOf(Int8Array.prototype) as {
    slice: (...args: number[]) => { byteLength: number };
  };
  const { slice } = typed;
  typed.slice = function (...args) {
    return lookAt(slice.apply(this, args));
  };
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    const before = grow.call(this, pages);
    look();
    return before;
  };
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, args: [WebAssembly.Module]) {
      const instance = new Instance(...args);
      look();
      return instance;
    },
  });
  base = held();
  return () => {
    look();
    return highest;
  };
}
