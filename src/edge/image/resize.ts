// @ts-expect-error the package's types are those of a running instance; the bundler gives the compiled module
import resizeWasm from "@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm";
import { hasAlpha } from "./alpha.ts";
import { Codec, startBindgen } from "./codec.ts";
import type { Pixels } from "./pixels.ts";

type ResizeApi = {
  __wbindgen_add_to_stack_pointer(by: number): number;
  __wbindgen_malloc(bytes: number, align: number): number;
  __wbindgen_free(at: number, bytes: number, align: number): void;
  resize(
    result: number,
    input: number,
    inputBytes: number,
    fromWidth: number,
    fromHeight: number,
    toWidth: number,
    toHeight: number,
    method: number,
    premultiply: boolean,
    linear: boolean,
  ): void;
};

const LANCZOS3 = 3;
const resizer = new Codec<ResizeApi>(() => startBindgen(resizeWasm));

/**
 * Resamples to exactly width × height (1 or more) with Lanczos3 over gamma-encoded sRGB, as browsers and libvips do by default;
 * premultiplied while it has alpha, so that what is hidden does not bleed out. The same size gives the same object back.
 */
export async function resize(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  if (pixels.width === width && pixels.height === height) return pixels;
  const premultiply = hasAlpha(pixels);
  return resizer.use((api, memory) => {
    const length = pixels.data.length;
    const stack = api.__wbindgen_add_to_stack_pointer(-16);
    const input = api.__wbindgen_malloc(length, 1) >>> 0;
    new Uint8Array(memory.buffer, input, length).set(pixels.data);
    api.resize(
      stack,
      input,
      length,
      pixels.width,
      pixels.height,
      width,
      height,
      LANCZOS3,
      premultiply,
      false,
    ); // frees its input
    const result = new DataView(memory.buffer, stack, 8);
    const [at, bytes] = [result.getUint32(0, true), result.getUint32(4, true)];
    const data = new Uint8ClampedArray(memory.buffer, at, bytes).slice();
    api.__wbindgen_free(at, bytes, 1);
    api.__wbindgen_add_to_stack_pointer(16);
    return { width, height, data };
  });
}
