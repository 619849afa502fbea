import { isOutOfMemory } from "../out-of-memory.ts";
import type { Probe } from "../source/probe/types.ts";
import { embeddedProfile } from "./colour/embedded.ts";
import type { ColourTable } from "./colour/icc-table.ts";
import { inksOf, toSrgb } from "./colour/to-srgb.ts";
import { decodeAvif } from "./decode/avif.ts";
import { decodeGif } from "./decode/gif.ts";
import { decodeHeic } from "./decode/heic.ts";
import { decodeJpeg } from "./decode/jpeg.ts";
import { decodePng } from "./decode/png.ts";
import { decodeWebp } from "./decode/webp.ts";
import { orient, uprightSize } from "./orientation.ts";
import { DecodeError, type Pixels, type Size } from "./pixels.ts";
import { resize } from "./resize.ts";
import { within } from "./shrink.ts";

/**
 * Decodes to pixels of at least the target's size, stored orientation, in the file's own colours, reduced on the way as far as is cheap and
 * invisible. Inks become red, green and blue on the way: by the table, where there is one.
 */
type Decoder = (bytes: Uint8Array, probed: Probe, longSide: number, inks?: ColourTable) => Promise<Pixels>;

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
 * enlarges. Of an animation: the first frame (PNG: the default image). Colours become sRGB; other metadata is dropped.
 *
 * @throws DecodeError where the data is broken; its message may be shown. Other errors say nothing about the data.
 */
export async function decode(
  bytes: Uint8Array,
  probed: Probe,
  target: { longSide: number },
): Promise<Pixels> {
  const profile = await embeddedProfile(bytes, probed.format);
  const decoded = await decodeSafely(bytes, probed, target.longSide, profile && inksOf(profile));
  const { width, height } = within(probed, target.longSide);
  const pixels = await resize(decoded, width, height);
  if (profile) toSrgb(pixels.data, profile);
  return orient(pixels, probed.orientation);
}

/** The size that `decode` gives a picture, known before anything is decoded. */
export const decodedSize = (probed: Probe, { longSide }: { longSide: number }): Size =>
  uprightSize(within(probed, longSide), probed.orientation);

async function decodeSafely(
  bytes: Uint8Array,
  probed: Probe,
  longSide: number,
  inks?: ColourTable,
): Promise<Pixels> {
  try {
    return await DECODERS[probed.format](bytes, probed, longSide, inks);
  } catch (error) {
    if (error instanceof DecodeError || isOutOfMemory(error)) throw error;
    if (probed.format === "png" || probed.format === "gif") throw error; // our own code, which names whatever is broken
    throw new DecodeError(`The ${probed.format.toUpperCase()} data is broken.`, { cause: error });
  }
}
