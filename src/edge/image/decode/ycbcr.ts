import { DecodeError } from "../pixels.ts";

/** One plane of samples; more than 8 bits a sample are two bytes, little endian, of which the upper bits are zero. */
export type Plane = { bytes: Uint8Array; stride: number; bitDepth: number };

/** A decoded picture as video codecs give it. */
export type Planar = {
  width: number;
  height: number;
  /** Luma, and two of chroma unless the picture is gray. */
  planes: [luma: Plane, cb: Plane, cr: Plane] | [luma: Plane];
  /** How many times chroma is coarser: 1 or 2, across and down. */
  chroma: { across: number; down: number };
  /** ITU-T H.273 table 4: matrix coefficients. */
  matrix: number;
  isFullRange: boolean;
};

/** What red, green and blue weigh in luma, by H.273's code. 2, unspecified, is what JPEG and phones use: BT.601. */
const WEIGHTS: Record<number, readonly [red: number, blue: number]> = {
  1: [0.2126, 0.0722],
  2: [0.299, 0.114],
  4: [0.3, 0.11],
  5: [0.299, 0.114],
  6: [0.299, 0.114],
  7: [0.212, 0.087],
  9: [0.2627, 0.0593],
};

/** Planes that hold green, blue and red as they are. */
const IDENTITY = 0;

/** Writes one line as RGBA, opaque. Chroma is repeated, not interpolated: lines are averaged afterwards where that could be seen. */
type LineWriter = (picture: Planar, line: number, to: Uint8ClampedArray, at: number, count: number) => void;

/** @throws DecodeError where the picture's matrix is none of H.273's that are in use */
export function lineWriter({ planes, matrix, isFullRange }: Planar): LineWriter {
  if (planes.length === 1) return (picture, line, to, at, count) => writeGray(picture, line, to, at, count);
  if (matrix === IDENTITY) return writeIdentity;
  const weights = WEIGHTS[matrix];
  if (!weights) throw new DecodeError("The picture's colours are coded in a way that is not supported.");
  const [red, blue] = weights;
  const green = 1 - red - blue;
  const swing = isFullRange ? 1 : 255 / 224;
  const [crRed, cbBlue] = [2 * (1 - red) * swing, 2 * (1 - blue) * swing];
  const [crGreen, cbGreen] = [(crRed * red) / green, (cbBlue * blue) / green];
  const [gain, black] = isFullRange ? [1, 0] : [255 / 219, 16];
  return ({ planes, chroma }, line, to, at, count) => {
    const [luma, cbs, crs] = planes as [Plane, Plane, Plane];
    const readLuma = samples(luma, line);
    const readCb = samples(cbs, Math.floor(line / chroma.down));
    const readCr = samples(crs, Math.floor(line / chroma.down));
    const shift = chroma.across - 1;
    for (let x = 0, i = at; x < count; x++, i += 4) {
      const y = (readLuma(x) - black) * gain;
      const cb = readCb(x >> shift) - 128;
      const cr = readCr(x >> shift) - 128;
      to[i] = y + crRed * cr;
      to[i + 1] = y - cbGreen * cb - crGreen * cr;
      to[i + 2] = y + cbBlue * cb;
      to[i + 3] = 255;
    }
  };
}

function writeGray(
  { planes: [luma], isFullRange }: Planar,
  line: number,
  to: Uint8ClampedArray,
  at: number,
  count: number,
) {
  const read = samples(luma, line);
  const [gain, black] = isFullRange ? [1, 0] : [255 / 219, 16];
  for (let x = 0, i = at; x < count; x++, i += 4) {
    to[i] = to[i + 1] = to[i + 2] = (read(x) - black) * gain;
    to[i + 3] = 255;
  }
}

function writeIdentity(
  { planes, isFullRange }: Planar,
  line: number,
  to: Uint8ClampedArray,
  at: number,
  count: number,
) {
  const [green, blue, red] = planes.map((plane) => samples(plane, line)) as [Sample, Sample, Sample];
  const [gain, black] = isFullRange ? [1, 0] : [255 / 219, 16];
  for (let x = 0, i = at; x < count; x++, i += 4) {
    to[i] = (red(x) - black) * gain;
    to[i + 1] = (green(x) - black) * gain;
    to[i + 2] = (blue(x) - black) * gain;
    to[i + 3] = 255;
  }
}

/** One of a line's samples, 0–255 with a fraction. */
type Sample = (x: number) => number;

function samples({ bytes, stride, bitDepth }: Plane, line: number): Sample {
  const start = line * stride;
  if (bitDepth === 8) return (x) => bytes[start + x] as number;
  const scale = 2 ** (8 - bitDepth); // black, gray and chroma's middle are the 8-bit ones times a power of two
  return (x) => ((bytes[start + 2 * x] as number) | ((bytes[start + 2 * x + 1] as number) << 8)) * scale;
}

/** Writes a line of luma alone, as transparency is coded: always in full range (ISO/IEC 23000-22 §7.3.5.2.2). */
export function writeAlpha(
  { planes: [luma] }: Planar,
  line: number,
  to: Uint8ClampedArray,
  at: number,
  count: number,
) {
  const read = samples(luma, line);
  for (let x = 0; x < count; x++) to[at + x] = read(x);
}
