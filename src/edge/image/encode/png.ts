// @ts-expect-error the package's types are those of a running instance; the bundler gives the compiled module
import pngWasm from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
import { type BindgenApi, Codec, callBindgen, startBindgen } from "../codec.ts";
import type { Pixels } from "../pixels.ts";

type PngApi = BindgenApi & {
  encode(result: number, rgba: number, bytes: number, width: number, height: number, bitDepth: number): void;
};

const encoder = new Codec<PngApi>(() => startBindgen(pngWasm));

/** RGBA, 8 bits, lossless. */
export function encodePng({ data, width, height }: Pixels): Promise<Uint8Array> {
  return encoder.use((api, memory) =>
    callBindgen(api, memory, data, (result, at, bytes) => api.encode(result, at, bytes, width, height, 8)),
  );
}
