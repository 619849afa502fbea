import type { Context } from "hono";
import { type Failure, ProblemError } from "../../contract/problem.ts";
import { STYLES } from "../../contract/style.ts";
import { countUpload } from "../access/quotas.ts";
import type { App } from "../bindings.ts";
import { readBounded } from "../bounded-body.ts";
import { roomFor } from "../image/index.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB, probe } from "../source/probe.ts";
import { storeUpload } from "../storage/uploads.ts";
import { requireDrawable } from "../stylize/drawable.ts";
import { originalOf } from "../stylize/original.ts";

/** POST `/v1/uploads`: the bytes of a picture, whatever the content type says; answers the id that stands for it. */
export async function upload(c: Context<App>): Promise<Response> {
  const bytes = await readBody(c.req.raw, c.var.config.uploadTimeout);
  const probed = probe(bytes);
  if (!probed.ok) throw refusal(probed, c.req.header("Content-Type"));
  requireDrawable(probed, { longSide: c.var.config.workingSize }, STYLES); // no image URL of it could ever be answered
  const original = originalOf(probed, bytes.length);
  const id = await storeUpload(c.env.PICTURES, bytes, {
    original,
    room: roomFor(probed, bytes.length),
    hasAlpha: probed.hasAlpha,
  });
  c.executionCtx.waitUntil(countUpload(c.env, c.var.principal.owner, id, bytes.length));
  const { signing, presets } = c.var.config;
  const isAnswered = !signing.isRequired && !presets.only; // else it is for whoever signs, or knows the presets, to say what is
  const image = isAnswered ? `/image/style=${STYLES[0]?.id}/upload:${id}` : undefined;
  const { width, height } = original;
  return c.json({ id, width, height, format: probed.format, image }, 201, {
    "Cache-Control": "no-store",
    ...(image !== undefined && { Location: image }),
  });
}

/** The content type counts for the message alone. */
function refusal(failure: Failure, contentType = ""): ProblemError {
  const isForm = /^multipart\/form-data\b/i.test(contentType);
  if (!isForm || failure.code !== "unsupported_format") return ProblemError.of(failure);
  return new ProblemError(failure.code, "Send the picture's bytes as the body, not a form.");
}

/** @param timeout milliseconds for the whole body: an upload that never ends would hold its memory for ever */
async function readBody(request: Request, timeout: number): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(timeout);
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readBounded(request, MAX_PICTURE_BYTES, signal);
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    if (signal.aborted) {
      const detail = `The upload did not arrive within ${timeout / 1000} seconds.`;
      throw new ProblemError("upload_timeout", detail, { cause });
    }
    throw new ProblemError("corrupt_picture", "The upload broke off.", { cause });
  }
  if (bytes) return bytes;
  throw new ProblemError("picture_too_large", `The limit is ${MAX_PICTURE_MIB} MiB.`);
}
