import { OipError } from "../contract/oip.ts";

/** Pixels of a picture at most: the activations of a larger one do not fit into an isolate's 128 MB, which all its requests share. */
export const MAX_PIXELS = 384 * 384;

/** Of a side, in pixels: what the networks are made for, and no shape whose padding to their stride weighs. */
const MIN_SIDE = 32;
const MAX_SIDE = 1024;

/** A body at most: seven pictures of MAX_PIXELS, eight heads of 288², or one picture as JSON. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Requests at once: one is being drawn, the others wait. */
export const MAX_REQUESTS = 17;

/** Bytes of all their bodies at most: of 27 pictures of MAX_PIXELS, so that small requests are bounded by their number and large ones by this. */
export const MAX_HELD_BYTES = 4 * MAX_BODY_BYTES;

/** Milliseconds without a sign of life after which a request is taken for dead: a picture, or the runtime's start, takes a tenth of it. */
export const MAX_SILENCE = 20_000;

/** Networks that are loaded at once: 2 to 4 MB each. */
export const MAX_SESSIONS = 6;

/**
 * What WebAssembly may have, in pages of 64 KiB: 80 MiB, where all networks take 48. It is never given back, so that an isolate must have room
 * for it beside all else at its most: MAX_HELD_BYTES, the networks' files, and JavaScript's heap with garbage in it.
 */
export const MAX_WASM_PAGES = 80 * 16;

/** @throws OipError 400 or 413 */
export function checkPicture(height: number, width: number): void {
  const least = Math.min(height, width);
  const most = Math.max(height, width);
  if (least < MIN_SIDE || most > MAX_SIDE) {
    throw new OipError(400, `a picture's sides must have ${MIN_SIDE} to ${MAX_SIDE} pixels`);
  }
  if (height * width > MAX_PIXELS) {
    throw new OipError(413, `a picture has ${height * width} pixels; ${MAX_PIXELS} are allowed`);
  }
}
