import type { OutputFormat } from "../../../contract/transform.ts";
import { markAvif } from "./avif.ts";
import { markJpeg } from "./jpeg.ts";
import { markPng } from "./png.ts";
import { markWebp } from "./webp.ts";

/** The file, as our encoders write it, with the word in it that it was edited by generative AI. */
export const mark: Record<OutputFormat, (file: Uint8Array) => Uint8Array> = {
  jpeg: markJpeg,
  png: markPng,
  webp: markWebp,
  avif: markAvif,
};
