/** A codec could not grow its memory. The picture may be sound: nothing is to be concluded about it. */
export class OutOfMemory extends Error {
  override readonly name = "OutOfMemory";
}

/** Whether an error means that there was no memory, be it a codec's or V8's own. */
export function isOutOfMemory(error: unknown): boolean {
  if (error instanceof OutOfMemory) return true;
  // V8 has no class for it: "Array buffer allocation failed", "WebAssembly.Instance(): Out of memory: …".
  return error instanceof RangeError && /allocation failed|out of memory|unable to grow/i.test(error.message);
}
