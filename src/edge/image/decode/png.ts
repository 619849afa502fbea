import type { Probe } from "../../source/probe/types.ts";
import { DecodeError, type Pixels } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { readChunks } from "./png-chunks.ts";
import { inflate } from "./png-inflate.ts";
import { type Pass, Raster } from "./png-raster.ts";

/**
 * A decoder of our own, for its memory: rows are inflated by the platform, reduced at once and forgotten, so that 12 MP take a few
 * megabytes where a WebAssembly decoder takes the file, the samples and the RGBA, over 100 MB, in memory that never shrinks. Only
 * interlaced pictures exist in full once.
 */
export async function decodePng(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  const { header, data } = readChunks(bytes);
  const { width, height } = header;
  if (width !== probed.width || height !== probed.height)
    throw new DecodeError("The PNG is not the one that was probed.");
  const shrink = new Shrink(header, shrunkSize(header, probed, longSide));
  const canvas = header.interlaced ? new Uint32Array(width * height) : undefined;
  const raster = new Raster(header, (rgba, pass, row) => {
    if (canvas) weave(canvas, width, rgba, pass, row);
    else shrink.push(rgba);
  });
  await inflate(data, (chunk) => raster.write(chunk));
  if (!raster.isDone) throw new DecodeError("The PNG's data ends too early.");
  if (canvas) {
    const whole = new Uint8Array(canvas.buffer);
    for (let y = 0; y < height; y++) shrink.push(whole.subarray(y * width * 4, (y + 1) * width * 4));
  }
  return shrink.finish();
}

/** Puts a pass's row where it belongs in the whole picture. */
function weave(canvas: Uint32Array, width: number, rgba: Uint8Array, pass: Pass, row: number): void {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  let to = (pass.y + row * pass.dy) * width + pass.x;
  for (let from = 0; from < pixels.length; from++, to += pass.dx) canvas[to] = pixels[from] as number;
}
