import { Reader } from "../../source/probe/bytes.ts";
import { type GifFrame, readGif } from "../../source/probe/gif.ts";
import type { Probe } from "../../source/probe/types.ts";
import { DecodeError, type Pixels } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { lzw } from "./gif-lzw.ts";

/** The first frame, on a transparent canvas. */
export async function decodeGif(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  const reader = new Reader(bytes);
  const frame = readGif(reader);
  if ("code" in frame) throw new DecodeError(frame.detail);
  const { canvas, left, top, width, height, interlaced } = frame;
  const palette = readPalette(reader, frame);
  const indices = lzw(reader, frame.data, width * height);
  const shrink = new Shrink(canvas, shrunkSize(canvas, probed, longSide));
  const line = new Uint8ClampedArray(canvas.width * 4);
  const places = interlaced ? interlacedRows(height) : undefined;
  for (let y = 0; y < canvas.height; y++) {
    line.fill(0);
    if (y >= top && y < top + height) {
      const row = places ? (places[y - top] as number) : y - top;
      for (let x = 0, from = row * width, to = left * 4; x < width; x++, from++, to += 4) {
        const colour = (indices[from] as number) * 4;
        for (let c = 0; c < 4; c++) line[to + c] = palette[colour + c] as number;
      }
    }
    shrink.push(line);
  }
  return shrink.finish();
}

/** 256 entries of RGBA; what the file does not have is black, as in browsers. */
function readPalette(reader: Reader, { palette: { at, colours }, transparent }: GifFrame): Uint8Array {
  const palette = new Uint8Array(1024);
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) palette[i * 4 + c] = i < colours ? reader.u8(at + i * 3 + c) : 0;
    palette[i * 4 + 3] = i === transparent ? 0 : 255;
  }
  return palette;
}

/** Of each row of the picture, which of the stored rows it is: every 8th, every 8th from 4, every 4th from 2, every 2nd from 1. */
function interlacedRows(height: number): Uint32Array {
  const places = new Uint32Array(height);
  let stored = 0;
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const)
    for (let y = first; y < height; y += step) places[y] = stored++;
  return places;
}
