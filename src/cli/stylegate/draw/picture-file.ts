import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

/** Writes a picture under another name first: whatever happens, a file that has the name is whole. */
export async function writePicture(path: string, body: ReadableStream, stop: AbortSignal): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(4).toString("hex")}.part`);
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(temporary, { flags: "wx" }), { signal: stop });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
