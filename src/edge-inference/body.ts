import { OipError } from "../contract/oip.ts";

/** Bytes that a request's body will have at most, as far as can be said before it is read. */
export function bytesOf({ headers }: Request, most: number): number {
  const announced = Number(headers.get("Content-Length") ?? Number.NaN);
  return announced <= most ? announced : most;
}

/**
 * Reads a request's body, at most `most` bytes of it, and no more once `lost` rejects.
 *
 * @throws OipError 413 (from the Content-Length before anything is read, else as soon as it is too long), 499 (the client left), 501 (compressed)
 */
export async function readBody(
  { headers, body }: Request,
  most: number,
  lost: Promise<never>,
): Promise<Uint8Array> {
  const encoding = headers.get("Content-Encoding") ?? "identity";
  if (encoding !== "identity") throw new OipError(501, `content encoding "${encoding}" is not supported`);
  const tooLong = new OipError(413, `the body may have ${most} bytes at most`);
  if (Number(headers.get("Content-Length") ?? 0) > most) throw tooLong;
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  const read = () =>
    reader.read().catch(() => {
      throw new OipError(499, "the client went away");
    });
  try {
    for (;;) {
      const { done, value } = await Promise.race([read(), lost]);
      if (done) return joined(chunks);
      length += value.byteLength;
      if (length > most) throw tooLong;
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {}); // nobody is there to be told
    throw error;
  }
}

/** One after the other; what is alone is not copied. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
