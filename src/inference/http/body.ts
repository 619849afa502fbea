import type { IncomingMessage, ServerResponse } from "node:http";
import { OipError } from "../../contract/oip.ts";
import type { Patience } from "./patience.ts";

export type BodyLimits = { most: number; pace: Patience["pace"]; displaced: AbortSignal };

/**
 * Reads a request's body, at most `most` bytes of it. Throws OipError: 408 (it comes too slowly, or has to make room), 413
 * (from the Content-Length before anything is read, else as soon as it is too long; Node discards the rest), 499 (the
 * client left), 501 (compressed).
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { most, pace, displaced }: BodyLimits,
): Promise<Uint8Array> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new OipError(501, `content encoding "${encoding}" is not supported`);
  }
  const tooLong = new OipError(413, `the body may have ${most} bytes at most`);
  const announced = request.headers["content-length"];
  if (announced !== undefined && Number(announced) > most) throw tooLong;
  if (request.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();

  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let lengthBefore = 0;
    const look = setInterval(() => {
      if (length - lengthBefore < pace.bytes) onSlow();
      lengthBefore = length;
    }, pace.within);
    const leave = (): void => {
      clearInterval(look);
      displaced.removeEventListener("abort", onSlow);
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    };
    const onData = (chunk: Uint8Array): void => {
      length += chunk.byteLength;
      if (length <= most) {
        chunks.push(chunk);
        return;
      }
      leave();
      request.resume();
      reject(tooLong);
    };
    const onEnd = (): void => {
      leave();
      resolve(join(chunks, length));
    };
    const onSlow = (): void => {
      leave();
      request.resume();
      reject(new OipError(408, "the body came too slowly"));
    };
    const onClose = (): void => {
      leave();
      request.on("error", () => {}); // it has been told already
      reject(new OipError(499, "the client went away"));
    };
    displaced.addEventListener("abort", onSlow);
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

/** A buffer of its own, never one of Node's shared pool: the engine takes it over. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}
