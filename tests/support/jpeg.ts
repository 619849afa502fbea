import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import decode, { init as initDecoder } from "@jsquash/jpeg/decode.js";
import encode, { init as initEncoder } from "@jsquash/jpeg/encode.js";
import type { Pixels } from "../../src/edge/image/pixels.ts";

// jSquash expects a browser: in Node it is given its WebAssembly.

export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  await initDecoder(await codec("dec/mozjpeg_dec"));
  return decode(bytes.slice().buffer);
}

/** @param quality 1–100 */
export async function encodeJpeg(pixels: Pixels, quality: number): Promise<Uint8Array> {
  await initEncoder(await codec("enc/mozjpeg_enc"));
  return new Uint8Array(await encode(pixels as ImageData, { quality }));
}

async function codec(name: string): Promise<WebAssembly.Module> {
  const path = `../../node_modules/@jsquash/jpeg/codec/${name}.wasm`;
  return WebAssembly.compile(await readFile(fileURLToPath(new URL(path, import.meta.url))));
}
