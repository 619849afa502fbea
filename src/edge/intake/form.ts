import {
  MaxFileSizeExceededError,
  MaxTotalSizeExceededError,
  MultipartParseError,
  MultipartParser,
} from "@remix-run/multipart-parser";
import { ProblemError } from "../../contract/problem.ts";
import { giveUp, LOOK_AT, rejection } from "../bounded-body.ts";
import { MAX_PICTURE_BYTES } from "../source/probe.ts";
import { inTime, noPicture, tooLarge } from "./arriving.ts";
import { type Announced, Sums } from "./digest.ts";
import { photoMemory, type Take } from "./photo-memory.ts";

/** A form as it came: the photo, and the texts beside it by their fields' names. */
export type PhotoForm = {
  file: Uint8Array;
  texts: Map<string, string>;
};

const MAX_TEXT_BYTES = 64 * 1024;
const MAX_PARTS = 8;

/** Enough for the texts before a photo; what comes later is refused once it is there. */
const LOOK_INTO = 32 * 1024;

/**
 * Reads `multipart/form-data` with a field `file`, as it arrives: the limits of a photo hold for the field, and where its first bytes say
 * that it is none, the rest is not read.
 *
 * @param timeout milliseconds
 * @param announced digests of the whole body, which is what `Content-Digest` means
 * @throws ProblemError
 */
export async function readForm(
  request: Request,
  timeout: number,
  announced: readonly Announced[],
  take: Take,
): Promise<PhotoForm> {
  const [, quoted, plain] =
    /\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(request.headers.get("Content-Type") ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || !request.body) throw unreadable("The form has no boundary, or no body.");
  const { body } = request;
  const length = Number(request.headers.get("Content-Length") ?? 0);
  if (length <= MAX_PICTURE_BYTES) photoMemory.require(length);
  return inTime(timeout, async (signal) => {
    const reader = body.getReader();
    try {
      return await Promise.race([readParts(reader, boundary, new Sums(announced), take), rejection(signal)]);
    } catch (error) {
      giveUp(reader, error);
      throw asProblem(error);
    }
  });
}

async function readParts(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  boundary: string,
  sums: Sums,
  take: Take,
): Promise<PhotoForm> {
  const parser = new MultipartParser(boundary, {
    maxFileSize: MAX_PICTURE_BYTES,
    maxTotalSize: MAX_PICTURE_BYTES + MAX_TEXT_BYTES,
    maxParts: MAX_PARTS,
  });
  const texts = new Map<string, string>();
  let file: Uint8Array | undefined;
  const look = beginning();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    take(value.byteLength);
    await sums.add(value);
    look(value);
    for (const part of parser.write(value)) {
      const { name } = part;
      if (name === undefined || name === "") continue;
      if (name !== "file" && part.size > MAX_TEXT_BYTES)
        throw unreadable(`"${name.slice(0, 40)}" is too long.`);
      if ((name === "file" && file) || texts.has(name))
        throw unreadable(`"${name.slice(0, 40)}" is there twice.`);
      if (name === "file") file = part.bytes;
      else texts.set(name, part.text);
    }
  }
  parser.finish();
  if (!file) throw unreadable('The form has no field "file".');
  await sums.require();
  return { file, texts };
}

/** Is told what arrives, and throws once the first bytes of the field `file` are there and are no picture's. */
function beginning(): (chunk: Uint8Array) => void {
  const room = new Uint8Array(LOOK_INTO);
  let [length, nextLook] = [0, LOOK_AT];
  return (chunk) => {
    if (length === LOOK_INTO) return;
    const taken = chunk.subarray(0, LOOK_INTO - length);
    room.set(taken, length);
    length += taken.length;
    if (length < nextLook) return;
    nextLook = Math.min(LOOK_INTO, 2 * length); // each look is at all of it: chunks of a few bytes must not make many
    const seen = room.subarray(0, length);
    const from = startOfFile(seen);
    if (from === undefined || length < from + LOOK_AT) return;
    const refused = noPicture(seen.subarray(from, from + LOOK_AT));
    if (refused) throw ProblemError.of(refused);
    length = LOOK_INTO; // looked at
  };
}

/** Where the bytes of the field `file` begin, as far as that can be seen. Two steps, each once through the text, whatever it says. */
function startOfFile(seen: Uint8Array): number | undefined {
  const text = new TextDecoder("latin1").decode(seen); // a character a byte
  const name = /\r\ncontent-disposition:[^\r\n]*;[ \t]*name="?file"?[;\r]/i.exec(text);
  const blank = name ? text.indexOf("\r\n\r\n", name.index + name[0].length - 1) : -1;
  return blank < 0 ? undefined : blank + 4;
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof MultipartParseError)) return error;
  return error instanceof MaxFileSizeExceededError || error instanceof MaxTotalSizeExceededError
    ? tooLarge()
    : unreadable(`The form cannot be read: ${error.message}.`);
}

const unreadable = (detail: string) => new ProblemError("invalid_request", detail);
