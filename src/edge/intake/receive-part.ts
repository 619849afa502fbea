import { ProblemError } from "../../contract/problem.ts";
import { giveUp, LOOK_AT } from "../bounded-body.ts";
import { reached } from "../reached.ts";
import { noUpload } from "../storage/uploads.ts";
import { noPicture, tooLarge } from "./arriving.ts";
import { type Announced, Sums } from "./digest.ts";
import type { Known, SessionStub } from "./sessions.ts";

/** Bytes that are sent to the session's object at once: what a broken connection may cost at most, and a second's worth of a slow one. */
const FLUSH_BYTES = 256 * 1024;
const FLUSH_AFTER = 1_000;

export type Part = {
  request: Request;
  offset: number;
  checksum: readonly Announced[];
  /** Milliseconds without a byte after which the connection counts as broken. */
  silence: number;
};

/** How a part ended. `broken`: the connection; what arrived is kept. */
export type Received = { kind: "whole" | "broken" | "wrong checksum"; offset: number };

/**
 * Keeps what arrives of an upload, as it arrives. Whatever ends it, what was kept counts, unless there is a checksum, which is one of all of it.
 *
 * @throws ProblemError
 */
export async function receivePart(session: Known, stub: SessionStub, part: Part): Promise<Received> {
  const { request, offset, checksum } = part;
  const room = session.length - offset;
  if (Number(request.headers.get("Content-Length") ?? 0) > room) throw tooLarge(session.length);
  const opened = await reached("uploads", async () => stub.open(offset));
  if (!opened.ok) throw refusal(opened);
  const { ticket } = opened;
  const hasChecksum = checksum.length > 0;
  let [isRight, isWhole, end, taken] = [!hasChecksum, false, offset, 0];
  try {
    const sums = new Sums(checksum);
    isWhole = await flow(request, part.silence, offset, async (bytes) => {
      taken += bytes.length;
      if (taken > room) throw tooLarge(session.length);
      await sums.add(bytes);
      if (!(await reached("uploads", async () => stub.append(ticket, bytes, !hasChecksum))))
        throw await lost(session, stub);
    });
    if (hasChecksum && isWhole) isRight = await sums.areRight();
  } finally {
    // Where this fails too, the next writer need not wait for longer than the lease.
    end = await reached("uploads", async () => stub.close(ticket, isRight)).catch(() => offset);
  }
  const kind = !isWhole ? "broken" : isRight ? "whole" : "wrong checksum";
  return { kind, offset: end };
}

function refusal(opened: { why: "locked" | "offset" | "gone"; offset: number }): ProblemError {
  switch (opened.why) {
    case "locked":
      return new ProblemError("upload_locked", "Another request is sending this upload just now.");
    case "offset":
      return new ProblemError("upload_offset", `${opened.offset} bytes are stored: go on from there.`);
    case "gone":
      return noUpload();
  }
}

/** Why bytes were not taken: the upload is gone, or somebody else writes by now. */
async function lost({ length }: Known, stub: SessionStub): Promise<ProblemError> {
  const now = await reached("uploads", async () => stub.look());
  if (!now) return noUpload();
  const detail = "The request was silent for too long, and another may send this upload now.";
  return new ProblemError("upload_locked", `${detail} ${now.offset} of ${length} bytes are stored.`);
}

/** @returns false where the connection broke, or nothing came any more */
async function flow(
  request: Request,
  silence: number,
  offset: number,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  if (!request.body) return true;
  const reader = request.body.getReader();
  let waiting: Uint8Array[] = [];
  let [length, first, flushedAt, isSilent] = [0, offset === 0, Date.now(), false];
  const flush = async () => {
    const bytes = joined(waiting, length);
    [waiting, length, flushedAt] = [[], 0, Date.now()];
    if (bytes.length === 0) return;
    const refused = first && bytes.length >= LOOK_AT ? noPicture(bytes) : undefined;
    first = false;
    if (refused) throw ProblemError.of(refused);
    await take(bytes);
  };
  try {
    for (;;) {
      const timer = setTimeout(() => {
        isSilent = true;
        reader.cancel().catch(() => {}); // which ends the read
      }, silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) break;
      waiting.push(value);
      length += value.length;
      const isDue =
        length >= FLUSH_BYTES || (Date.now() - flushedAt >= FLUSH_AFTER && !(first && length < LOOK_AT));
      if (isDue) await flush();
    }
  } catch (error) {
    giveUp(reader, error);
    if (error instanceof ProblemError) throw error;
    await flush();
    return false;
  }
  await flush();
  return !isSilent;
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
