import { type Failure, ProblemError } from "../../contract/problem.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB, probe } from "../source/probe.ts";
import { photoMemory, type Take } from "./photo-memory.ts";

/** A photo on its way in: a request, or a part of one. */
type Message = { headers: Headers; body: ReadableStream<Uint8Array> | null };

/**
 * Reads a photo, which is refused as soon as its first bytes say that it is none.
 *
 * @param timeout milliseconds for the whole body: one that never ends would hold its memory for ever
 * @throws ProblemError
 */
export async function readArriving(
  message: Message,
  timeout: number,
  take: Take,
  limit = MAX_PICTURE_BYTES,
): Promise<Uint8Array> {
  let refused: Failure | undefined;
  const announced = Number(message.headers.get("Content-Length") ?? 0);
  if (announced <= limit) photoMemory.require(announced);
  const bytes = await inTime(timeout, (signal) => readBounded(message, limit, signal, isNone, take));
  if (refused) throw ProblemError.of(refused);
  if (bytes) return bytes;
  throw tooLarge(limit);

  function isNone(first: Uint8Array): boolean {
    refused = noPicture(first);
    return refused !== undefined;
  }
}

/** Why bytes that begin so cannot be a picture of ours, however they go on. */
export function noPicture(first: Uint8Array): Failure | undefined {
  const probed = probe(first);
  return !probed.ok && probed.code === "unsupported_format" ? probed : undefined;
}

export function tooLarge(limit = MAX_PICTURE_BYTES): ProblemError {
  const detail =
    limit === MAX_PICTURE_BYTES ? `The limit is ${MAX_PICTURE_MIB} MiB.` : `${limit} bytes were announced.`;
  return new ProblemError("picture_too_large", detail);
}

/** Says what it was that ended the reading of a body. */
export async function inTime<Result>(
  timeout: number,
  read: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await read(signal);
  } catch (cause) {
    if (cause instanceof ProblemError || isOutOfMemory(cause)) throw cause;
    if (signal.aborted) {
      const detail = `The upload did not arrive within ${timeout / 1000} seconds.`;
      throw new ProblemError("upload_timeout", detail, { cause });
    }
    throw new ProblemError("corrupt_picture", "The upload broke off.", { cause });
  }
}
