import { MAX_JPEG_PIXELS, MAX_OUTPUT_PIXELS, type OutputFormat } from "../../contract/transform.ts";
import { encodeAvif } from "./encode/avif.ts";
import { encodeJpeg } from "./encode/jpeg.ts";
import { encodePng } from "./encode/png.ts";
import { encodeWebp } from "./encode/webp.ts";
import { mark } from "./marker/mark.ts";
import type { Pixels } from "./pixels.ts";

/**
 * The picture as a file without metadata or colour profile (sRGB is what such a file means).
 *
 * @param quality 1–100 on JPEG's scale (WebP's is much the same, AVIF's is brought to it); PNG is lossless and has none
 * @param options.marker whether the file says that it was made by generative AI (marker/packet.ts)
 */
export async function encode(
  pixels: Pixels,
  format: OutputFormat,
  quality: number,
  { marker }: { marker: boolean } = { marker: false },
): Promise<Uint8Array> {
  const file = await encodeAs(pixels, format, quality);
  return marker ? mark[format](file) : file;
}

function encodeAs(pixels: Pixels, format: OutputFormat, quality: number): Promise<Uint8Array> {
  switch (format) {
    case "jpeg":
      return encodeJpeg(pixels, quality);
    case "webp":
      return encodeWebp(pixels, quality);
    case "png":
      return encodePng(pixels);
    case "avif":
      return encodeAvif(pixels, quality);
  }
}

/** Pixels that a file of the format may have, for the memory that encoding takes: docs/memory.md. */
export function maxPixels(format: OutputFormat, isTransparent: boolean): number {
  if (format === "jpeg" && !isTransparent) return MAX_JPEG_PIXELS;
  return format === "avif" || (format === "webp" && isTransparent)
    ? MAX_OUTPUT_PIXELS / 2
    : MAX_OUTPUT_PIXELS;
}
