import { isOutOfMemory } from "../../out-of-memory.ts";
import type { Probe } from "../../source/probe/types.ts";
import { embeddedProfile } from "../colour/embedded.ts";
import { inksOf, toSrgb } from "../colour/to-srgb.ts";
import { holdJpeg } from "../decode/jpeg.ts";
import { decode } from "../decode.ts";
import { uprightSize, walk } from "../orientation.ts";
import { DecodeError, type Size } from "../pixels.ts";

/** A photo that need not exist as pixels: upright, sRGB. */
export type Photo = Size & {
  /** Writes a row of RGBA. */
  read: (y: number, rgba: Uint8ClampedArray) => void;
};

/** Bytes that a JPEG's decoder and its file may take, beside an encoder. */
const MAX_JPEG_BYTES = 88 * 1024 * 1024;

/** The file's own bytes, and the decoder's. */
const COPIES = 2;

/** What WebAssembly's memory has grown to beside what was asked of it: 93 MB for 72 of samples. */
const GROWTH = 1.3;

const MEGAPIXEL = 1024 * 1024;

/** Pixels that others may have, for the 4 bytes of each that exist beside the decoder: docs/memory.md. */
const MOST: Record<Exclude<Probe["format"], "jpeg">, number> = {
  png: 12 * MEGAPIXEL,
  gif: 12 * MEGAPIXEL,
  webp: 8 * MEGAPIXEL,
  heic: 6 * MEGAPIXEL,
  avif: 4 * MEGAPIXEL,
};

/** The same of those that are turned, which exist twice for that. */
const MOST_TURNED = 6 * MEGAPIXEL;

/**
 * Pixels of the whole photo that there is memory for beside an encoder, at most all it has, 0 where there is none; a JPEG's are reduced by 2,
 * 4 or 8 a side.
 *
 * @param bytes of its file
 */
export function roomFor(probed: Probe, bytes: number): number {
  const pixels = probed.width * probed.height;
  if (probed.format === "webp" && probed.hasAlpha) return 0; // its decoder and PNG's encoder take all there is
  if (probed.format !== "jpeg") {
    const most = MOST[probed.format];
    return Math.min(pixels, probed.orientation === 1 ? most : Math.min(most, MOST_TURNED));
  }
  const { always = 0, samples = 0 } = probed.decoding ?? {};
  const fixed = GROWTH * always + COPIES * bytes;
  if (fixed > MAX_JPEG_BYTES) return 0;
  let reduction = 1;
  while (fixed + (GROWTH * samples) / reduction > MAX_JPEG_BYTES) reduction *= 4;
  return Math.floor(pixels / reduction);
}

/**
 * Reads a photo of at least `longSide` pixels on its longer side, or all it has, row by row.
 *
 * @throws DecodeError where the data is broken
 */
export async function withPhoto<Result>(
  bytes: Uint8Array,
  probed: Probe,
  longSide: number,
  work: (photo: Photo) => Promise<Result>,
): Promise<Result> {
  if (probed.format !== "jpeg") {
    const { width, height, data } = await decode(bytes, probed, { longSide });
    const read = (y: number, rgba: Uint8ClampedArray) =>
      rgba.set(data.subarray(y * width * 4, (y + 1) * width * 4));
    return work({ width, height, read });
  }
  const profile = await embeddedProfile(bytes, "jpeg");
  let isDecoded = false;
  try {
    return await holdJpeg(bytes, probed, longSide, profile && inksOf(profile), (stored, readSamples) => {
      isDecoded = true;
      const [origin, alongX, alongY] = walk(probed.orientation, stored.width, stored.height);
      const read = (y: number, rgba: Uint8ClampedArray) => {
        rgba.fill(255);
        readSamples(origin + y * alongY, alongX, rgba);
        if (profile) toSrgb(rgba, profile);
      };
      return work({ ...uprightSize(stored, probed.orientation), read });
    });
  } catch (error) {
    if (isDecoded || error instanceof DecodeError || isOutOfMemory(error)) throw error;
    throw new DecodeError("The JPEG data is broken.", { cause: error });
  }
}
