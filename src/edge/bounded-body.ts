/** What is reserved before the first byte is there. */
const FIRST_BYTES = 64 * 1024;

/** Enough of any file to tell its format. */
export const LOOK_AT = 4096;

/**
 * Reads a body of at most `limit` bytes; undefined when it has more, of which at most one chunk is read. An honest Content-Length
 * saves the reading, a false one changes nothing: memory grows with what has arrived, to about twice of it, since whoever announces
 * 30 MiB and sends one byte must not take 30 MiB from the other requests of the isolate.
 *
 * @param signal aborts the reading, which then throws the signal's reason
 * @param isEnough looks at the first bytes, once; where it says so, the rest is not read
 * @param take is told how many bytes each chunk has; where it throws, the rest is not read either
 */
export async function readBounded(
  message: { headers: Headers; body: ReadableStream<Uint8Array> | null },
  limit: number,
  signal?: AbortSignal,
  isEnough: (first: Uint8Array) => boolean = () => false,
  take: (bytes: number) => void = () => {},
): Promise<Uint8Array | undefined> {
  const { body } = message;
  if (!body) return new Uint8Array();
  const isIdentity = (message.headers.get("Content-Encoding") ?? "identity") === "identity";
  const announced = isIdentity ? Number(message.headers.get("Content-Length") ?? Number.NaN) : Number.NaN;
  if (announced > limit) {
    giveUp(body.getReader());
    return undefined;
  }
  const reader = body.getReader();
  try {
    // Raced once: a race for each chunk would leave the chunk with the other promise, which outlives it, where V8 is Node 24's or older.
    const reading = readAll(reader, limit, announced > 0 ? announced : limit, isEnough, take);
    const { bytes, isWhole } = await Promise.race([reading, rejection(signal)]);
    if (!isWhole) giveUp(reader);
    return bytes;
  } catch (error) {
    giveUp(reader, error);
    throw error;
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  expected: number,
  isEnough: (first: Uint8Array) => boolean,
  take: (bytes: number) => void,
): Promise<{ bytes: Uint8Array | undefined; isWhole: boolean }> {
  let bytes = new Uint8Array(FIRST_BYTES);
  let length = 0;
  let hasLooked = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: bytes.subarray(0, length), isWhole: true };
    const needed = length + value.byteLength;
    if (needed > limit) return { bytes: undefined, isWhole: false };
    take(value.byteLength);
    if (needed > bytes.byteLength) bytes = grow(bytes, needed, expected);
    bytes.set(value, length);
    length = needed;
    if (hasLooked || length < LOOK_AT) continue;
    hasLooked = true;
    if (isEnough(bytes.subarray(0, length))) return { bytes: bytes.subarray(0, length), isWhole: false };
  }
}

/** Doubled, but not beyond what is expected, where that is enough for what is needed. */
function grow(bytes: Uint8Array<ArrayBuffer>, needed: number, expected: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, Math.min(expected, 2 * bytes.byteLength)));
  larger.set(bytes);
  return larger;
}

/** Rejects when the signal aborts. */
export function rejection(signal: AbortSignal | undefined): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  promise.catch(() => {}); // what it is raced with may have ended before
  return promise;
}

/** Ends the reading of a body that is not wanted. */
export function giveUp(reader: ReadableStreamDefaultReader<Uint8Array>, reason?: unknown): void {
  reader.cancel(reason).catch(() => {}); // nobody is there to be told
}
