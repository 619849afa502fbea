import { crc32 } from "node:zlib";
import { Reader } from "../source/probe/bytes.ts";
import { joined, latin, u32 } from "./bytes.ts";
import { chunks } from "./decode/png-chunks.ts";

/** A signature of 8 bytes and the header's chunk of 25. */
const HEAD = 33;

/** The PNG with another chunk, behind its header. */
export function withChunk(file: Uint8Array, type: string, body: Uint8Array): Uint8Array {
  const chunk = joined([latin(type), body]);
  return joined([file.subarray(0, HEAD), u32(body.length), chunk, u32(crc32(chunk)), file.subarray(HEAD)]);
}

/** Of a chunk for private use, that may be left out and not be copied by who does not know it (PNG 3rd edition §5.4). */
const NOTE = "stYG";

/** A PNG with a note of ours in it, which no decoder minds. */
export const withNote = (file: Uint8Array, note: string): Uint8Array =>
  withChunk(file, NOTE, new TextEncoder().encode(note));

/** The note in a PNG; undefined where there is none, or its checksum is wrong. */
export function noteOf(file: Uint8Array): string | undefined {
  const reader = new Reader(file);
  for (const { type, body, offset } of chunks(reader)) {
    if (type !== NOTE) continue;
    const end = offset + 8 + body.length;
    return crc32(file.subarray(offset + 4, end)) === reader.u32(end)
      ? new TextDecoder().decode(body)
      : undefined;
  }
  return undefined;
}
