import { DecodeError } from "../pixels.ts";

/**
 * Compressed bytes given to the platform at once. Deflate expands at most 1032-fold and workerd inflates all it is given before it
 * looks whether anybody reads, so this bounds what a decompression bomb can hold to 8 MB.
 */
const SLICE = 8 * 1024;

/**
 * Inflates a zlib stream that is spread over chunks. `take` is given each piece and says whether it wants more.
 *
 * @throws DecodeError where the stream is broken before `take` had enough
 */
export async function inflate(
  chunks: Iterable<Uint8Array>,
  take: (inflated: Uint8Array) => boolean,
): Promise<void> {
  const slices = sliced(chunks);
  const compressed = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = slices.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const reader = compressed.pipeThrough(new DecompressionStream("deflate")).getReader();
  try {
    let wantsMore = true;
    while (wantsMore) {
      const { done, value } = await reader.read().catch(asDecodeError);
      if (done) return;
      wantsMore = take(value);
    }
  } finally {
    await reader.cancel().catch(() => {}); // what is left is not wanted, nor is its opinion of itself
  }
}

/** The platform says TypeError of broken data. */
function asDecodeError(error: unknown): never {
  if (error instanceof TypeError)
    throw new DecodeError("The PNG's compressed data is broken.", { cause: error });
  throw error;
}

/** The same bytes in slices that are full, but for the last: many tiny chunks would take a promise each. */
export function* sliced(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let slice = new Uint8Array(SLICE);
  let filled = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const count = Math.min(chunk.length - at, SLICE - filled);
      slice.set(chunk.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < SLICE) continue;
      yield slice;
      slice = new Uint8Array(SLICE);
      filled = 0;
    }
  }
  if (filled > 0) yield slice.subarray(0, filled);
}
