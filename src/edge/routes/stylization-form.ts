import {
  MaxFileSizeExceededError,
  MaxTotalSizeExceededError,
  MultipartParseError,
  type MultipartPart,
  parseMultipartRequest,
} from "@remix-run/multipart-parser";
import { ProblemError } from "../../contract/problem.ts";
import { rejection } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB } from "../source/probe.ts";

/** A photo, and what is to be made of it: JSON, as text. */
export type StylizationForm = { photo: Uint8Array; request: string };

/** Of the field `request`, as of JSON that is the body. */
const MAX_REQUEST_BYTES = 64 * 1024;

/**
 * Reads a form with the fields `file` and `request`, in any order; what is too much is noticed as it arrives.
 *
 * @param timeout milliseconds for all of it
 * @throws ProblemError
 */
export async function readForm(request: Request, timeout: number): Promise<StylizationForm> {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await Promise.race([readParts(request), rejection(signal)]);
  } catch (cause) {
    if (cause instanceof ProblemError || isOutOfMemory(cause)) throw cause;
    if (signal.aborted) {
      const detail = `The form did not arrive within ${timeout / 1000} seconds.`;
      throw new ProblemError("upload_timeout", detail, { cause });
    }
    if (cause instanceof MaxFileSizeExceededError || cause instanceof MaxTotalSizeExceededError) {
      throw new ProblemError("picture_too_large", `The limit is ${MAX_PICTURE_MIB} MiB.`, { cause });
    }
    const detail = cause instanceof MultipartParseError ? "The form cannot be read." : "The form broke off.";
    throw new ProblemError("invalid_request", detail, { cause });
  }
}

async function readParts(request: Request): Promise<StylizationForm> {
  const parts = new Map<string, MultipartPart>();
  const limits = {
    maxFileSize: MAX_PICTURE_BYTES,
    maxTotalSize: MAX_PICTURE_BYTES + MAX_REQUEST_BYTES,
    maxHeaderSize: 4096,
    maxParts: 3, // one more than there may be, so that it can be named
  };
  for await (const part of parseMultipartRequest(request, limits)) {
    const name = part.name ?? "";
    if (name !== "file" && name !== "request") {
      throw wrong(`The form has the field "${name.slice(0, 40)}"; it takes "file" and "request".`);
    }
    if (parts.has(name)) throw wrong(`The form has the field "${name}" twice.`);
    if (name === "request" && part.size > MAX_REQUEST_BYTES) {
      throw new ProblemError("body_too_large", `The field "request" may have ${MAX_REQUEST_BYTES} bytes.`);
    }
    parts.set(name, part);
  }
  const [file, text] = [parts.get("file"), parts.get("request")];
  if (!file) throw wrong('The form lacks the field "file", the photo.');
  if (!text) throw wrong('The form lacks the field "request", JSON such as {"outputs":[{"style":"toon"}]}.');
  return { photo: file.bytes, request: text.text };
}

const wrong = (detail: string) => new ProblemError("invalid_request", detail);
