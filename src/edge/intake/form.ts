import {
  MaxFileSizeExceededError,
  MaxTotalSizeExceededError,
  MultipartParseError,
  MultipartParser,
} from "@remix-run/multipart-parser";
import { ProblemError } from "../../contract/problem.ts";
import { giveUp, rejection } from "../bounded-body.ts";
import { MAX_PICTURE_BYTES } from "../source/probe.ts";
import { inTime, noPicture, tooLarge } from "./arriving.ts";
import { type Announced, Sums } from "./digest.ts";

/** A form as it came: the photo, and the texts beside it by their fields' names. */
export type PhotoForm = {
  file: Uint8Array;
  texts: Map<string, string>;
};

const MAX_TEXT_BYTES = 64 * 1024;
const MAX_PARTS = 8;

/** Enough for the texts before a photo; what comes later is refused once it is there. */
const LOOK_INTO = 32 * 1024;

/** Enough of any file to tell its format. */
const ENOUGH = 4096;

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
): Promise<PhotoForm> {
  const [, quoted, plain] =
    /\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(request.headers.get("Content-Type") ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined || !request.body) throw unreadable("The form has no boundary, or no body.");
  const { body } = request;
  return inTime(timeout, async (signal) => {
    const reader = body.getReader();
    try {
      return await Promise.race([readParts(reader, boundary, new Sums(announced)), rejection(signal)]);
    } catch (error) {
      giveUp(reader, request, error);
      throw asProblem(error);
    }
  });
}

async function readParts(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  boundary: string,
  sums: Sums,
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
  let seen = new Uint8Array();
  return (chunk) => {
    if (seen.length >= LOOK_INTO) return;
    seen = joined(seen, chunk.subarray(0, LOOK_INTO - seen.length));
    const text = new TextDecoder("latin1").decode(seen); // a character a byte
    const header = /\r\ncontent-disposition:[^\r\n]*;\s*name="?file"?[;\r][\s\S]*?\r\n\r\n/i.exec(text);
    const from = header ? header.index + header[0].length : Number.POSITIVE_INFINITY;
    if (seen.length < from + ENOUGH) return;
    const refused = noPicture(seen.subarray(from, from + ENOUGH));
    if (refused) throw ProblemError.of(refused);
    seen = new Uint8Array(LOOK_INTO); // looked at
  };
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof MultipartParseError)) return error;
  return error instanceof MaxFileSizeExceededError || error instanceof MaxTotalSizeExceededError
    ? tooLarge()
    : unreadable(`The form cannot be read: ${error.message}.`);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

const unreadable = (detail: string) => new ProblemError("invalid_request", detail);
