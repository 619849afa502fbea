import jpegWasm from "imagescript/wasm/any/jpeg.wasm";
import { Reader } from "../../source/probe/bytes.ts";
import { segments } from "../../source/probe/jpeg-segments.ts";
import type { Probe } from "../../source/probe/types.ts";
import { Codec, startBindgen } from "../codec.ts";
import type { ColourTable } from "../colour/icc-table.ts";
import { DecodeError, type Pixels, type Size } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { END, ONES_AND_END, withoutEnd } from "./jpeg-end.ts";

/** jpeg-decoder as ImageScript compiled it (MIT); the calls are those of its wasm/node/jpeg.js. */
type JpegApi = {
  walloc(bytes: number): number;
  /** Takes the input over. 0: broken data; 1: no such scale; else a handle. */
  decode(input: number, bytes: number, width: number, height: number): number;
  decode_width(handle: number): number;
  decode_height(handle: number): number;
  decode_format(handle: number): number;
  decode_buffer(handle: number): number;
  /** Bytes of the buffer asked for last. */
  wlen(): number;
  decode_free(handle: number): void;
};

/** Bytes a pixel of the decoder's formats: grayscale, RGB, CMYK. */
const CHANNELS: Record<number, 1 | 3 | 4> = { 0: 1, 1: 3, 2: 4 };

const decoder = new Codec<JpegApi>(() => startBindgen(jpegWasm));

/**
 * Scaled in the DCT domain by 1, 1/2, 1/4 or 1/8, whichever is the smallest that still has the target's pixels: a 48 MP photo
 * needs 9 MB of memory, not 192.
 *
 * The decoder wants a file's end. One that merely lacks it, and has all of its picture, gets one, and is decoded twice to make sure of that.
 */
export function decodeJpeg(
  bytes: Uint8Array,
  probed: Probe,
  longSide: number,
  inks: ColourTable = mixInks,
): Promise<Pixels> {
  return decoder.use((api, memory) => {
    const decoded = decodeWhole(api, memory, bytes, probed, longSide);
    const { width, height } = decoded;
    const shrink = new Shrink(decoded, shrunkSize(decoded, probed, longSide));
    const row = new Uint8Array(width * 4).fill(255);
    for (let y = 0; y < height; y++) {
      expand(decoded, y * width, 1, row, inks);
      shrink.push(row);
    }
    api.decode_free(decoded.handle);
    return shrink.finish();
  });
}

/** Writes samples as RGBA from one place in the picture on: the step from one to the next may lead to any side. */
export type SampleReader = (from: number, step: number, rgba: Uint8Array | Uint8ClampedArray) => void;

/** The same as `decodeJpeg`, for work that reads the samples where they lie: a large picture need not exist twice. */
export function holdJpeg<Result>(
  bytes: Uint8Array,
  probed: Probe,
  longSide: number,
  inks: ColourTable | undefined,
  work: (size: Size, read: SampleReader) => Promise<Result>,
): Promise<Result> {
  return decoder.hold(async (api, memory) => {
    const decoded = decodeWhole(api, memory, bytes, probed, longSide);
    const result = await work(decoded, (from, step, rgba) =>
      expand(decoded, from, step, rgba, inks ?? mixInks),
    );
    api.decode_free(decoded.handle);
    return result;
  });
}

/** What lies in the decoder's memory until the handle is freed. */
type Decoded = Size & { handle: number; channels: 1 | 3 | 4; samples: Uint8Array };

function decodeWhole(
  api: JpegApi,
  memory: WebAssembly.Memory,
  bytes: Uint8Array,
  probed: Probe,
  longSide: number,
): Decoded {
  const head = asksForMarker(bytes) ? ADOBE : Uint8Array.of();
  const endless = withoutEnd(bytes);
  const parts = [bytes.subarray(0, 2), head, (endless ?? bytes).subarray(2)];
  let expected: number | undefined;
  if (endless) {
    const other = run(api, memory, [...parts, ONES_AND_END], probed, longSide);
    expected = checksum(other.samples);
    api.decode_free(other.handle);
    parts.push(END);
  }
  const decoded = run(api, memory, parts, probed, longSide);
  const { samples } = decoded;
  if (endless && checksum(samples) !== expected) throw new DecodeError("The JPEG ends inside its data.");
  if (head.length > 0) for (let i = 0; i < samples.length; i++) samples[i] = 255 - (samples[i] as number);
  return decoded;
}

/** Decodes the parts as one file. */
function run(
  api: JpegApi,
  memory: WebAssembly.Memory,
  parts: readonly Uint8Array[],
  probed: Probe,
  longSide: number,
): Decoded {
  const scale = Math.min(1, longSide / Math.max(probed.width, probed.height));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const input = api.walloc(length);
  let to = input;
  for (const part of parts) {
    new Uint8Array(memory.buffer, to, part.length).set(part);
    to += part.length;
  }
  const handle = api.decode(input, length, Math.ceil(probed.width * scale), Math.ceil(probed.height * scale));
  if (handle === 0 || handle === 1) throw new DecodeError("The JPEG data is broken.");
  const [width, height] = [api.decode_width(handle), api.decode_height(handle)];
  const channels = CHANNELS[api.decode_format(handle)];
  const at = api.decode_buffer(handle);
  if (!channels || api.wlen() !== width * height * channels)
    throw new DecodeError("The JPEG data is broken.");
  return {
    handle,
    width,
    height,
    channels,
    samples: new Uint8Array(memory.buffer, at, width * height * channels),
  };
}

/** FNV-1a: tells two decodings of nearly the same file apart without keeping either. */
function checksum(samples: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < samples.length; i++) sum = Math.imul(sum ^ (samples[i] as number), 0x01000193);
  return sum;
}

/** Adobe's segment (APP14) that says CMYK. */
const ADOBE = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/**
 * Adobe's programs store inks upside down, and the decoder takes no others. Those without their marker are CMYK too, as they are: the decoder
 * is told that they are Adobe's, and what comes out is turned around.
 */
function asksForMarker(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  let [isInk, isAdobe] = [false, false];
  for (const { marker, start } of segments(reader)) {
    if (marker >= 0xc0 && marker <= 0xc2) isInk = reader.u8(start + 5) === 4;
    if (marker === 0xee && reader.is(start, "Adobe")) isAdobe = true;
  }
  return isInk && !isAdobe;
}

/** Leaves the alpha as it is. */
function expand(
  { samples, channels }: Decoded,
  start: number,
  step: number,
  row: Uint8Array | Uint8ClampedArray,
  inks: ColourTable,
): void {
  const stride = step * channels;
  for (let from = start * channels, to = 0; to < row.length; from += stride, to += 4) {
    const first = samples[from] as number;
    if (channels === 1) {
      row[to] = row[to + 1] = row[to + 2] = first;
    } else if (channels === 3) {
      row[to] = first;
      row[to + 1] = samples[from + 1] as number;
      row[to + 2] = samples[from + 2] as number;
    } else inks(samples, from, row, to);
  }
}

/** Cyan, magenta, yellow and black where nothing is said of them: each takes its share of the light away, as browsers have it. */
function mixInks(
  samples: ArrayLike<number>,
  from: number,
  row: Uint8ClampedArray | Uint8Array,
  to: number,
): void {
  const white = 255 - (samples[from + 3] as number);
  for (let c = 0; c < 3; c++) row[to + c] = ((255 - (samples[from + c] as number)) * white) / 255;
}
