/** RFC 9530 of bytes; undefined where the runtime has no SHA-256, as on a page that was not loaded securely. */
export async function reprDigest(bytes: Uint8Array | ArrayBuffer | Blob): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined;
  const data = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data as BufferSource));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}
