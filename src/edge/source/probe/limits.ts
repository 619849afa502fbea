/**
 * What a source picture may cost. An isolate has 128 MB for everything it holds at once
 * (https://developers.cloudflare.com/workers/platform/limits/), so the limits are about memory, not taste.
 */

export { MAX_PICTURE_BYTES, MAX_PICTURE_MIB } from "../../../contract/picture-size.ts";

/** Pixels of a JPEG: it is decoded at reduced scale, so full-size pixels never exist. */
export const MAX_JPEG_PIXELS = 50_000_000;

/** Pixels of everything else: full-size RGBA exists once, 48 MB; of WebP once more in its decoder, as docs/memory.md has it. */
export const MAX_PIXELS = 12_000_000;

/** Pixels of a lossless WebP: libwebp holds them as ARGB and as RGBA, and its binding copies them once more. 4 MP take 41 MB, of noise 54. */
export const MAX_LOSSLESS_WEBP_PIXELS = 4_000_000;

/**
 * Pixels of a lossy WebP with transparency: its decoder holds the alpha besides, and takes 64 MB at 8 MP, 96 at 12, where the pixels
 * outside are 48 more.
 */
export const MAX_TRANSPARENT_WEBP_PIXELS = 8_000_000;

/** Pixels of a side: what JPEG has room for. Decoders hold a few rows at once, which of 12 MP × 1 would be the whole picture many times. */
export const MAX_SOURCE_SIDE = 65_535;

/**
 * Bytes that a progressive JPEG may take: two per coefficient, all of them until the last scan, and the file twice (here and in
 * the decoder). 24 MP with 4:2:0 chroma, or 12 MP with 4:4:4, are 72 MB of coefficients, which leaves room for an 8 MB file: at their
 * worst moment 114 of the isolate's 128 MB are taken, with all that makes the answer (docs/memory.md).
 */
export const MAX_PROGRESSIVE_BYTES = 88_000_000;

/** Scans of a JPEG. Encoders write about ten; each costs a pass over the picture, so a file of thousands is an attack on time. */
export const MAX_JPEG_SCANS = 100;

/** Segments or chunks before the picture's data. A file beyond it is made to be walked, not to be seen. */
export const MAX_SEGMENTS = 20_000;

/** Items of a HEIF file. A 48-megapixel photo of a phone has 192 tiles, and its gain map, depth and thumbnail have some more. */
export const MAX_HEIF_ITEMS = 4096;

/** Bytes of a HEIF file's meta box, which is kept as lists. Phones write some 10 KB. */
export const MAX_HEIF_META_BYTES = 1024 * 1024;

/** Bytes of an HEVC picture's parameter sets. Phones write some 100; they are given to the decoder with each tile, of which there are thousands. */
export const MAX_HEVC_CONFIG_BYTES = 4096;

/**
 * Bytes that decoding a HEIC or AVIF picture may take, the file included, as its header has it (heif-cost.ts). HEIC of phones takes a fifth of
 * it, 12 MP in one piece with 10 bits most of it. It is 4 MP of AVIF, 3 with transparency or at 4:4:4.
 */
export const MAX_CODED_BYTES = 96_000_000;
