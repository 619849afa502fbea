/**
 * Reads a body of at most `limit` bytes; undefined when it has more, of which at most one chunk is read. An honest Content-Length
 * saves the reading, a false one changes nothing. Where it is present, memory is reserved once.
 */
export async function readBounded(
  message: { headers: Headers; body: ReadableStream<Uint8Array> | null },
  limit: number,
): Promise<Uint8Array | undefined> {
  const { body } = message;
  if (!body) return new Uint8Array();
  const isIdentity = (message.headers.get("Content-Encoding") ?? "identity") === "identity";
  const announced = isIdentity ? Number(message.headers.get("Content-Length") ?? Number.NaN) : Number.NaN;
  if (announced > limit) {
    await body.cancel();
    return undefined;
  }
  let bytes = new Uint8Array(announced > 0 ? announced : 64 * 1024);
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.byteLength > limit) {
      await reader.cancel();
      return undefined;
    }
    if (length + value.byteLength > bytes.byteLength) {
      bytes = grow(bytes, Math.min(limit, Math.max(2 * bytes.byteLength, length + value.byteLength)));
    }
    bytes.set(value, length);
    length += value.byteLength;
  }
}

function grow(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}
