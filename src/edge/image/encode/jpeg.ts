import jpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.js";
import jpegWasm from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import { defaultOptions } from "@jsquash/jpeg/meta.js";
import { flatten } from "../alpha.ts";
import { Codec, startEmscripten } from "../codec.ts";
import type { Pixels } from "../pixels.ts";

type JpegApi = {
  encode(rgba: Uint8ClampedArray, width: number, height: number, options: typeof defaultOptions): Uint8Array;
};

const encoder = new Codec<JpegApi>(() => startEmscripten(jpegEncoder, jpegWasm));

/**
 * Pixels of a progressive file. To find the best scans MozJPEG writes all of them and keeps them: 101 MB instead of 58 for 2 MP of
 * noise, and twice the time, for a file one or two per cent smaller.
 */
const MAX_PROGRESSIVE_PIXELS = 1024 * 1024;

/**
 * MozJPEG, 4:2:0 (4:4:4 from quality 90 as its `auto_subsample` has it), progressive while that is cheap. JPEG knows no alpha: laid on
 * white.
 */
export function encodeJpeg(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const { data, width, height } = flatten(pixels, [255, 255, 255]);
  const progressive = width * height <= MAX_PROGRESSIVE_PIXELS;
  return encoder.use((api) => api.encode(data, width, height, { ...defaultOptions, quality, progressive }));
}
