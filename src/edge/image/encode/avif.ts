import avifEncoder from "@jsquash/avif/codec/enc/avif_enc.js";
import avifWasm from "@jsquash/avif/codec/enc/avif_enc.wasm";
import { defaultOptions } from "@jsquash/avif/meta.js";
import { Codec, startEmscripten } from "../codec.ts";
import type { Pixels } from "../pixels.ts";

type AvifApi = {
  encode(rgba: Uint8Array, width: number, height: number, options: typeof defaultOptions): Uint8Array | null;
};

/** Of 0–10. Measured at 512² in workerd: 129 ms at 8, 103 at 9, 36 at 10. */
const SPEED = 9;

const encoder = new Codec<AvifApi>(() => startEmscripten(avifEncoder, avifWasm));

/**
 * AVIF, 4:2:0, alpha kept. AVIF's own scale is steeper than JPEG's: `quality` is JPEG's, and its square (85 → 72, 50 → 25) looks about
 * the same, as imgproxy's per-format table also has it (80 → 63).
 */
export async function encodeAvif(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const { data, width, height } = pixels;
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const options = { ...defaultOptions, quality: Math.round(quality ** 2 / 100), speed: SPEED };
  const encoded = await encoder.use((api) => api.encode(rgba, width, height, options));
  if (!encoded) throw new Error("libaom could not encode the picture.");
  return encoded;
}
