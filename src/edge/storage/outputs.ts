import { orUnavailable } from "./available.ts";

/** A picture of a stylization, beside its bytes. */
export type StoredOutput = {
  contentType: string;
  /** Bytes. */
  size: number;
  sha256: string;
  style: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
};

const keyOf = (id: string) => `outputs/${id}`;

/** @throws ProblemError storage_unavailable */
export async function writeOutput(
  bucket: R2Bucket,
  id: string,
  bytes: Uint8Array,
  { contentType, sha256, style, expiresAt }: Omit<StoredOutput, "size">,
): Promise<void> {
  await orUnavailable("write", keyOf(id), () =>
    bucket.put(keyOf(id), bytes, {
      httpMetadata: { contentType },
      customMetadata: { sha256, style, expiresAt: `${expiresAt}` },
      sha256,
    }),
  );
}

/** What is known of it; undefined where there is none, or no longer. @throws ProblemError storage_unavailable */
export async function headOutput(
  bucket: R2Bucket,
  id: string,
  now: number,
): Promise<StoredOutput | undefined> {
  const object = await orUnavailable("head", keyOf(id), () => bucket.head(keyOf(id)));
  const { sha256 = "", style = "", expiresAt } = object?.customMetadata ?? {};
  if (!object || now >= Number(expiresAt)) return undefined;
  const contentType = object.httpMetadata?.contentType ?? "application/octet-stream";
  return { contentType, size: object.size, sha256, style, expiresAt: Number(expiresAt) };
}

/** Its bytes, or some of them. @throws ProblemError storage_unavailable */
export async function readOutput(
  bucket: R2Bucket,
  id: string,
  range?: { offset: number; length: number },
): Promise<ReadableStream | undefined> {
  const object = await orUnavailable("read", keyOf(id), () => bucket.get(keyOf(id), range ? { range } : {}));
  return object?.body;
}

/** R2 deletes so many at once (https://developers.cloudflare.com/r2/api/workers/workers-api-reference/). */
const MOST_DELETED = 1000;

/** Whether they are there or not. @throws ProblemError storage_unavailable */
export async function removeOutputs(bucket: R2Bucket, ids: readonly string[]): Promise<void> {
  const keys = ids.map(keyOf);
  for (let at = 0; at < keys.length; at += MOST_DELETED) {
    const some = keys.slice(at, at + MOST_DELETED);
    await orUnavailable("delete", some[0] ?? "", () => bucket.delete(some));
  }
}
