/** 16 MB in WebAssembly's pages of 64 KB. */
const SOME_PAGES = 256;

/** Whether a codec's memory cannot grow: the only trace that a failed allocation leaves behind a trap. The codec is of no use afterwards. */
export function isExhausted(memory: WebAssembly.Memory): boolean {
  try {
    memory.grow(SOME_PAGES);
    return false;
  } catch {
    return true;
  }
}
