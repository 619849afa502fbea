/**
 * R2 as the pipeline sees it: a store that may be away. Reading then finds nothing and writing does nothing, both with a line in the log,
 * since a picture can always be made anew.
 */

/** The object's bytes; undefined where there is none, or the store is away or breaks off. */
export async function readObject(bucket: R2Bucket, key: string): Promise<Uint8Array | undefined> {
  try {
    const object = await bucket.get(key);
    return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  } catch (error) {
    logStorage("read", key, error);
    return undefined;
  }
}

/** Bytes of the object; undefined where there is none, or the store is away. */
export async function sizeOfObject(bucket: R2Bucket, key: string): Promise<number | undefined> {
  try {
    return (await bucket.head(key))?.size;
  } catch (error) {
    logStorage("head", key, error);
    return undefined;
  }
}

/** Says whether the object is stored now. What is there already stays: equal keys mean equal content. */
export async function writeOnce(
  bucket: R2Bucket,
  key: string,
  bytes: Uint8Array,
  contentType: string,
): Promise<boolean> {
  const options = { httpMetadata: { contentType }, onlyIf: { etagDoesNotMatch: "*" } };
  try {
    await bucket.put(key, bytes, options); // null: it was there
    return true;
  } catch (error) {
    logStorage("write", key, error);
    return false;
  }
}

/** Where the store is away, what is there stays. */
export async function removeObject(bucket: R2Bucket, key: string): Promise<void> {
  try {
    await bucket.delete(key);
  } catch (error) {
    logStorage("delete", key, error);
  }
}

export function logStorage(action: string, key: string, error: unknown): void {
  const told = key.replace(/^(uploads\/).*/, "$1…"); // whoever knows an upload's id may see it; other names are hashes
  console.error(JSON.stringify({ event: "storage_failed", action, key: told, error: String(error) }));
}
