import { isOutOfMemory } from "../out-of-memory.ts";
import type { Probe } from "../source/probe/types.ts";
import { decodeAvif } from "./decode/avif.ts";
import { decodeGif } from "./decode/gif.ts";
import { decodeHeic } from "./decode/heic.ts";
import { decodeJpeg } from "./decode/jpeg.ts";
import { decodePng } from "./decode/png.ts";
import { decodeWebp } from "./decode/webp.ts";
import { orient, uprightSize } from "./orientation.ts";
import { DecodeError, type Pixels, type Size } from "./pixels.ts";
import { resize } from "./resize.ts";

/** Decodes to pixels of at least the target's size, stored orientation, reduced on the way as far as is cheap and invisible. */
type Decoder = (bytes: Uint8Array, probed: Probe, longSide: number) => Promise<Pixels>;

const DECODERS: Record<Probe["format"], Decoder> = {
  jpeg: decodeJpeg,
  png: decodePng,
  webp: decodeWebp,
  gif: decodeGif,
  avif: decodeAvif,
  heic: decodeHeic,
};

/**
 * Decodes a picture that was probed, turns it upright and reduces it so that its longer side has at most `longSide` pixels; never
 * enlarges. Of an animation: the first frame (PNG: the default image). Metadata and colour profiles are dropped, the latter
 * without conversion: samples are taken for sRGB.
 *
 * @throws DecodeError where the data is broken; its message may be shown. Other errors say nothing about the data.
 */
export async function decode(
  bytes: Uint8Array,
  probed: Probe,
  target: { longSide: number },
): Promise<Pixels> {
  const decoded = await decodeSafely(bytes, probed, target.longSide);
  const { width, height } = reduced(probed, target.longSide);
  return orient(await resize(decoded, width, height), probed.orientation);
}

/** The size that `decode` gives a picture, known before anything is decoded. */
export const decodedSize = (probed: Probe, { longSide }: { longSide: number }): Size =>
  uprightSize(reduced(probed, longSide), probed.orientation);

function reduced({ width, height }: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function decodeSafely(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  try {
    return await DECODERS[probed.format](bytes, probed, longSide);
  } catch (error) {
    if (error instanceof DecodeError || isOutOfMemory(error)) throw error;
    if (probed.format === "png" || probed.format === "gif") throw error; // our own code, which names whatever is broken
    throw new DecodeError(`The ${probed.format.toUpperCase()} data is broken.`, { cause: error });
  }
}
