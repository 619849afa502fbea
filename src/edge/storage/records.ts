import { parseRecord, type SourceRecord, storedRecord } from "../source/record.ts";
import { logStorage, readObject, removeObject } from "./objects.ts";
import { Recent } from "./recent.ts";

/**
 * Records that this isolate saw lately, by key; with them a stored picture costs one read. A record has some 300 bytes. It holds until
 * its own time: another isolate's newer one is seen then.
 */
const recent = new Recent<SourceRecord>(2_000);

export const recentRecord = (key: string): SourceRecord | undefined => recent.get(key);

/** For a record that another isolate has just stored. */
export const rememberRecord = (key: string, record: SourceRecord): void => recent.set(key, record);

/** The record as stored, past what this isolate remembers. */
export async function readRecord(bucket: R2Bucket, key: string): Promise<SourceRecord | undefined> {
  const bytes = await readObject(bucket, key);
  if (!bytes) return undefined;
  try {
    const record = parseRecord(JSON.parse(new TextDecoder().decode(bytes)));
    if (record) recent.set(key, record);
    return record;
  } catch (error) {
    logStorage("parse", key, error);
    return undefined;
  }
}

/** Replaces the record. Where the store is away, this isolate at least remembers it. */
export async function writeRecord(bucket: R2Bucket, key: string, record: SourceRecord): Promise<void> {
  recent.set(key, record);
  try {
    await bucket.put(key, JSON.stringify(storedRecord(record)), {
      httpMetadata: { contentType: "application/json" },
    });
  } catch (error) {
    logStorage("write", key, error);
  }
}

/** For a picture that its origin has taken away: without a record, nothing that was made of it is found by its URL. */
export async function forgetRecord(bucket: R2Bucket, key: string): Promise<void> {
  recent.delete(key);
  await removeObject(bucket, key);
}
