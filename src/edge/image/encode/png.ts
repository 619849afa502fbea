// @ts-expect-error the package's types are those of a running instance; the bundler gives the compiled module
import pngWasm from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
import { Codec, startBindgen } from "../codec.ts";
import type { Pixels } from "../pixels.ts";

type PngApi = {
  __wbindgen_add_to_stack_pointer(by: number): number;
  __wbindgen_malloc(bytes: number, align: number): number;
  __wbindgen_free(at: number, bytes: number, align: number): void;
  encode(result: number, rgba: number, bytes: number, width: number, height: number, bitDepth: number): void;
};

const encoder = new Codec<PngApi>(() => startBindgen(pngWasm));

/** RGBA, 8 bits, lossless. */
export function encodePng({ data, width, height }: Pixels): Promise<Uint8Array> {
  return encoder.use((api, memory) => {
    const stack = api.__wbindgen_add_to_stack_pointer(-16);
    const input = api.__wbindgen_malloc(data.length, 1) >>> 0;
    new Uint8Array(memory.buffer, input, data.length).set(data);
    api.encode(stack, input, data.length, width, height, 8); // frees its input
    const result = new DataView(memory.buffer, stack, 8);
    const [at, bytes] = [result.getUint32(0, true), result.getUint32(4, true)];
    const encoded = new Uint8Array(memory.buffer, at, bytes).slice();
    api.__wbindgen_free(at, bytes, 1);
    api.__wbindgen_add_to_stack_pointer(16);
    return encoded;
  });
}
