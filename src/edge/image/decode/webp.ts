import webpDecoder from "@jsquash/webp/codec/dec/webp_dec.js";
import webpWasm from "@jsquash/webp/codec/dec/webp_dec.wasm";
import type { Probe } from "../../source/probe/types.ts";
import { Codec, startEmscripten } from "../codec.ts";
import { DecodeError, type Pixels } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { type Frame, firstFrame } from "./webp-animation.ts";

type WebpApi = { decode(bytes: Uint8Array): Pixels | null };

/**
 * Sound pictures of the sizes that the probe lets through take 75 MB at most (docs/memory.md). Lossless data can ask for 65,536 tables of
 * Huffman codes, 860 MB, in a file of 300 KB, and transparency is coded as such data too.
 */
export const MAX_BYTES = 96 * 1024 * 1024;

const decoder = new Codec<WebpApi>(() => startEmscripten(webpDecoder, webpWasm, MAX_BYTES));

/** libwebp decodes stills only; of an animation it is given the first frame as one. */
export async function decodeWebp(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  const still = isAnimated(bytes) ? firstFrame(bytes, probed) : { bytes, x: 0, y: 0 };
  const frame = await decoder.use((api) => {
    const decoded = api.decode(still.bytes);
    if (!decoded) throw new DecodeError("The WebP data is broken."); // or there was no memory for it, which `use` finds out
    return decoded;
  });
  if (still.x + frame.width > probed.width || still.y + frame.height > probed.height) {
    throw new DecodeError("The WebP's frame lies outside its canvas.");
  }
  return placeAndShrink(frame, still, probed, longSide);
}

const isAnimated = (bytes: Uint8Array) => bytes[15] === 0x58 && ((bytes[20] ?? 0) & 0x02) !== 0; // "VP8X", its animation flag

/** Around the frame the canvas is transparent, as browsers show it, whatever the file's background colour. */
function placeAndShrink(frame: Pixels, { x, y }: Frame, canvas: Probe, longSide: number): Pixels {
  const size = shrunkSize(canvas, canvas, longSide);
  const isWhole = frame.width === size.width && frame.height === size.height;
  if (isWhole) return { width: frame.width, height: frame.height, data: frame.data };
  const shrink = new Shrink(canvas, size);
  const row = new Uint8ClampedArray(canvas.width * 4);
  for (let line = 0; line < canvas.height; line++) {
    const from = (line - y) * frame.width * 4;
    const isInside = line >= y && line < y + frame.height;
    if (isInside) row.set(frame.data.subarray(from, from + frame.width * 4), x * 4);
    else row.fill(0);
    shrink.push(row);
  }
  return shrink.finish();
}
