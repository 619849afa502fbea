import { defaultOptions } from "@jsquash/avif/meta.js";
import { Codec, startEmscripten } from "../codec.ts";
import type { Pixels } from "../pixels.ts";

type AvifApi = {
  encode(rgba: Uint8Array, width: number, height: number, options: typeof defaultOptions): Uint8Array | null;
};

/** Of 0–10. Measured at 512² in workerd: 129 ms at 8, 103 at 9, 36 at 10. */
const SPEED = 9;

/** 1.1 MB compressed, three quarters of all codecs: loaded when first asked for. */
const encoder = new Codec<AvifApi>(async () => {
  const [factory, wasm] = await Promise.all([
    import("@jsquash/avif/codec/enc/avif_enc.js"),
    import("@jsquash/avif/codec/enc/avif_enc.wasm"),
  ]);
  return startEmscripten(factory.default, wasm.default);
});

/**
 * AVIF's scale beside JPEG's, by equal PSNR of MozJPEG and of libaom at this speed on a photo at 768 × 512: the AVIF file of the pair
 * has half to four fifths of the bytes.
 */
const SAME_LOOK: readonly (readonly [jpeg: number, avif: number])[] = [
  [1, 5],
  [15, 20],
  [30, 33],
  [50, 42],
  [70, 50],
  [85, 65],
  [95, 84],
  [100, 100],
];

/** AVIF's quality, 0–100, that looks like JPEG's. */
export function avifQuality(jpegQuality: number): number {
  const next = Math.max(
    1,
    SAME_LOOK.findIndex(([jpeg]) => jpeg >= jpegQuality),
  );
  const [fromJpeg, fromAvif] = SAME_LOOK[next - 1] as readonly [number, number];
  const [toJpeg, toAvif] = SAME_LOOK[next] as readonly [number, number];
  return Math.round(fromAvif + ((jpegQuality - fromJpeg) / (toJpeg - fromJpeg)) * (toAvif - fromAvif));
}

/** AVIF, 4:2:0, alpha kept. */
export async function encodeAvif(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const { data, width, height } = pixels;
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const options = { ...defaultOptions, quality: avifQuality(quality), speed: SPEED };
  return encoder.use((api) => {
    const encoded = api.encode(rgba, width, height, options);
    if (!encoded) throw new Error("libaom could not encode the picture.");
    return encoded;
  });
}
