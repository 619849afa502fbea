import { log } from "../telemetry/log.ts";

/**
 * R2 as the pipeline sees it: a store that may be away. Reading then finds nothing and writing does nothing, both with a line in the log,
 * since a picture can always be made anew.
 */

/** What is kept beside an object's bytes: R2's custom metadata. */
export type Metadata = Record<string, string>;

/** The object's bytes; undefined where there is none, or the store is away or breaks off. */
export async function readObject(bucket: R2Bucket, key: string): Promise<Uint8Array | undefined> {
  return (await readWhole(bucket, key))?.bytes;
}

export async function readWhole(
  bucket: R2Bucket,
  key: string,
): Promise<{ bytes: Uint8Array; metadata: Metadata } | undefined> {
  try {
    const object = await bucket.get(key);
    if (!object) return undefined;
    return { bytes: new Uint8Array(await object.arrayBuffer()), metadata: object.customMetadata ?? {} };
  } catch (error) {
    logStorage("read", key, error);
    return undefined;
  }
}

/** All but the bytes, which are `size`; undefined where there is none, or the store is away. */
export async function headObject(
  bucket: R2Bucket,
  key: string,
): Promise<{ size: number; metadata: Metadata } | undefined> {
  try {
    const object = await bucket.head(key);
    return object ? { size: object.size, metadata: object.customMetadata ?? {} } : undefined;
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
  customMetadata: Metadata = {},
): Promise<boolean> {
  const options = { httpMetadata: { contentType }, customMetadata, onlyIf: { etagDoesNotMatch: "*" } };
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
  // Whoever knows such an id may see it; other names are hashes.
  const told = key.replace(/^((?:uploads|incoming|outputs)\/).*/, "$1…");
  log("error", "storage_failed", { action, key: told, error: String(error) });
}
