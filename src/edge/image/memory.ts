/** 16 MB in WebAssembly's pages of 64 KB. */
const SOME_PAGES = 256;

const PAGE = 64 * 1024;

/** Memories that were asked for more than they may have. */
const full = new WeakSet<WebAssembly.Memory>();

/** Whether a codec's memory cannot grow: the only trace that a failed allocation leaves behind a trap. The codec is of no use afterwards. */
export function isExhausted(memory: WebAssembly.Memory): boolean {
  try {
    WebAssembly.Memory.prototype.grow.call(memory, SOME_PAGES); // past bound()'s own, whose refusal says nothing of the isolate
    return false;
  } catch {
    return true;
  }
}

/**
 * Refuses to let a memory grow beyond so many bytes: data that lies about its size must not take the isolate's memory. Works on codecs
 * that grow their memory from outside, as Emscripten's do.
 */
export function bound(memory: WebAssembly.Memory, maxBytes: number): void {
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE > maxBytes) {
      full.add(memory);
      throw new RangeError("The codec may not have more memory.");
    }
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
  };
}

/** Whether a bounded memory ever was asked for more than it may have. */
export const isFull = (memory: WebAssembly.Memory): boolean => full.has(memory);
