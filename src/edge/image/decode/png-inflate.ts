/**
 * Compressed bytes given to the platform at once. Deflate expands at most 1032-fold and workerd inflates all it is given before it
 * looks whether anybody reads, so this bounds what a decompression bomb can hold to 8 MB.
 */
const SLICE = 8 * 1024;

/**
 * Inflates a zlib stream that is spread over chunks. `take` is given each piece and says whether it wants more.
 *
 * @throws TypeError from the platform where the stream is broken before `take` had enough
 */
export async function inflate(chunks: Uint8Array[], take: (inflated: Uint8Array) => boolean): Promise<void> {
  const slices = slice(chunks);
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
      const { done, value } = await reader.read();
      if (done) return;
      wantsMore = take(value);
    }
  } finally {
    await reader.cancel().catch(() => {}); // what is left is not wanted, nor is its opinion of itself
  }
}

function* slice(chunks: Uint8Array[]): Generator<Uint8Array> {
  for (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += SLICE) yield chunk.slice(at, at + SLICE);
}
