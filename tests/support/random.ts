/** Numbers from 0 to 1 that are the same in every run (mulberry32, public domain). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that no codec can do anything about, and that take a network as long as any. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const next = random(1);
  return Uint8Array.from({ length }, () => next() * 256);
}
