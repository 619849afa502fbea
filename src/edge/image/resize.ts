// @ts-expect-error the package's types are those of a running instance; the bundler gives the compiled module
import resizeWasm from "@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm";
import { hasAlpha } from "./alpha.ts";
import { type BindgenApi, Codec, callBindgen, startBindgen } from "./codec.ts";
import type { Pixels } from "./pixels.ts";

type ResizeApi = BindgenApi & {
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
  const { data, width: fromWidth, height: fromHeight } = pixels;
  const resized = await resizer.use((api, memory) =>
    callBindgen(api, memory, data, (result, at, bytes) =>
      api.resize(result, at, bytes, fromWidth, fromHeight, width, height, LANCZOS3, premultiply, false),
    ),
  );
  return { width, height, data: new Uint8ClampedArray(resized.buffer) };
}
