import type { Reader } from "./bytes.ts";
import { corrupt, unsupported } from "./failure.ts";
import type { Coded, Heif } from "./heif-picture.ts";
import { hevcFormat } from "./hevc.ts";
import { MAX_HEVC_CONFIG_BYTES } from "./limits.ts";
import type { ProbeFailure } from "./types.ts";

/**
 * Bytes that decoding takes at its worst moment: the decoder's memory, and what exists outside. Read from the codes' own headers, which may
 * promise more than the file does. The numbers are those of `npm run bench:memory`.
 */
export function decodingCost(reader: Reader, heif: Heif): number | ProbeFailure {
  const { format, picture, alpha } = heif;
  const pixels = picture.width * picture.height;
  let decoder = 0; // colours and transparency are decoded one after the other
  for (const coded of alpha ? [picture, alpha] : [picture]) {
    const cost = format === "heic" ? hevcBytes(reader, coded) : av1Bytes(reader, coded);
    if (typeof cost !== "number") return cost;
    decoder = Math.max(decoder, cost);
  }
  if (format === "heic")
    return decoder + (alpha ? pixels : 0) + reader.length * (picture.tiles.length > 1 ? 1 : 2);
  return decoder + pixels * (alpha ? 8 : 4) + reader.length * (alpha ? 3 : 2);
}

/** libde265's bytes a pixel besides the samples, which it keeps in one or two bytes each: 51 MB for 12 MP of 8-bit 4:2:0. */
const HEVC_OVERHEAD = 2.7;

/** Coded pictures have whole blocks of at most 64 pixels. */
const HEVC_BLOCK = 64;

/** Samples a pixel by chroma format. */
const SAMPLES = [1, 1.5, 2, 3];

/** Of one row of tiles, which is decoded at a time. */
function hevcBytes(reader: Reader, { columns, tileWidth, tileHeight, tiles }: Coded): number | ProbeFailure {
  let most = 0;
  for (const config of new Set(tiles.map((tile) => tile.config))) {
    if (config.end - config.data > MAX_HEVC_CONFIG_BYTES)
      return unsupported("A picture with so many parameters is not supported.");
    const format = hevcFormat(reader, config);
    if (!format) return corrupt("The picture's parameters cannot be read.");
    if (format.width >= tileWidth + HEVC_BLOCK || format.height >= tileHeight + HEVC_BLOCK)
      return corrupt("The coded picture is larger than the file says.");
    const samples = (SAMPLES[format.chroma] as number) * (format.bitDepth > 8 ? 2 : 1);
    most = Math.max(most, columns * format.width * format.height * (samples + HEVC_OVERHEAD));
  }
  return most;
}

/** libaom's bytes a pixel besides the samples, and libavif's RGBA: 68 MB for 4 MP of 8-bit 4:2:0, 82 at 4:4:4 or with 10 bits. */
const AV1_OVERHEAD = 14;

/** Bytes for each byte of samples: frames have borders, and are kept for later ones. */
const AV1_FRAMES = 2.3;

/** AV1 codec configuration, https://aomediacodec.github.io/av1-isobmff/#av1codecconfigurationbox-syntax */
function av1Bytes(reader: Reader, { width, height, tiles }: Coded): number {
  let samples = 0;
  for (const config of new Set(tiles.map((tile) => tile.config))) {
    const flags = reader.u8(config.data + 2);
    const [isDeep, isGray, isNarrow, isLow] = [0x40, 0x10, 0x08, 0x04].map((bit) => (flags & bit) !== 0);
    // libaom allocates chroma for gray, too.
    const perPixel = isGray ? 1.5 : 1 + 2 / ((isNarrow ? 2 : 1) * (isLow ? 2 : 1));
    samples = Math.max(samples, perPixel * (isDeep ? 2 : 1));
  }
  return width * height * (AV1_OVERHEAD + AV1_FRAMES * samples);
}
