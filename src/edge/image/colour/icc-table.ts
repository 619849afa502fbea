import type { Reader } from "../../source/probe/bytes.ts";
import { interpolate } from "./icc-curve.ts";
import { labToXyz } from "./lab.ts";
import { D50, FROM_D50 } from "./matrix.ts";
import { encodeTable, step } from "./space.ts";

/** Turns a colour's samples, 0–255, into sRGB, 0–255, which it writes. */
export type ColourTable = (
  samples: ArrayLike<number>,
  from: number,
  to: Uint8ClampedArray | Uint8Array,
  at: number,
) => void;

/**
 * A table of the type lut8 or lut16: a curve for each channel, colours on a grid, a curve for each of the results. ICC.1:2022 §10.10, §10.11.
 * Between the grid's points it is linear in each channel. Undefined where it is broken or of another type.
 */
export function readTable(
  reader: Reader,
  { at, bytes }: { at: number; bytes: number },
  channels: 3 | 4,
  connection: "XYZ " | "Lab ",
): ColourTable | undefined {
  const isWide = reader.is(at, "mft2");
  if (!isWide && !reader.is(at, "mft1")) return undefined;
  const [inputs, outputs, grid] = [reader.u8(at + 8), reader.u8(at + 9), reader.u8(at + 10)];
  const [inEntries, outEntries] = isWide ? [reader.u16(at + 48), reader.u16(at + 50)] : [256, 256];
  if (inputs !== channels || outputs !== 3 || grid < 2 || inEntries < 2 || outEntries < 2) return undefined;
  const size = isWide ? 2 : 1;
  const curvesAt = at + (isWide ? 52 : 48);
  const gridAt = curvesAt + size * inputs * inEntries;
  const resultsAt = gridAt + size * 3 * grid ** inputs;
  if (resultsAt + size * 3 * outEntries > at + bytes) return undefined;
  const entry = (start: number) => (i: number) =>
    isWide ? reader.u16(start + 2 * i) / 65_535 : reader.u8(start + i) / 255;

  /** Of each channel and sample, its place on the grid. */
  const places = Array.from({ length: inputs }, (_, channel) => {
    const curve = entry(curvesAt + size * channel * inEntries);
    return Float64Array.from({ length: 256 }, (_, i) => interpolate(curve, inEntries, i / 255) * (grid - 1));
  });
  const node = entry(gridAt);
  const nodes = Float32Array.from({ length: 3 * grid ** inputs }, (_, i) => node(i));
  const results = Array.from({ length: 3 }, (_, i) => entry(resultsAt + size * i * outEntries));
  const strides = Array.from({ length: inputs }, (_, channel) => 3 * grid ** (inputs - 1 - channel));
  const toXyz = connection === "XYZ " ? fromXyz : isWide ? fromWideLab : fromLab;
  /** Of the pixel at hand: where in its cell of the grid it lies, and its colour. Made once, since a picture has millions. */
  const part: number[] = Array(inputs).fill(0);
  const colour: Colour = [0, 0, 0];
  const toColour = (samples: ArrayLike<number>, from: number) => {
    mix(nodes, places, strides, grid, samples, from, part, colour);
    for (let i = 0; i < 3; i++) {
      colour[i] = interpolate(results[i] as (i: number) => number, outEntries, colour[i] as number);
    }
    toXyz(colour);
  };
  toColour(ALL_INKS, 0);
  const black = channels === 4 ? Math.min(DARKEST, colour[1]) : 0;
  return (samples, from, to, target) => {
    toColour(samples, from);
    deepen(colour, black);
    writeXyz(colour, to, target);
  };
}

/** Three values that are replaced in place: of the grid first, XYZ of D50 in the end. */
type Colour = [number, number, number];

const ALL_INKS = [255, 255, 255, 255];

/** L* = 50: a profile whose darkest colour is lighter than that does not mean it as black. */
const DARKEST = 0.184;

/**
 * Black point compensation: printed black reflects some light, which on a screen would look like fog. Everything between it and white is
 * stretched so that it becomes black. ISO 18619.
 */
function deepen(colour: Colour, black: number): void {
  for (let i = 0; i < 3; i++) {
    colour[i] = ((colour[i] as number) - (D50[i] as number) * black) / (1 - black);
  }
}

/** Weighs the corners of the cell in which a colour lies, which it writes. */
function mix(
  nodes: Float32Array,
  places: Float64Array[],
  strides: number[],
  grid: number,
  samples: ArrayLike<number>,
  from: number,
  part: number[],
  colour: Colour,
): void {
  const inputs = places.length;
  let base = 0;
  for (let channel = 0; channel < inputs; channel++) {
    const place = (places[channel] as Float64Array)[samples[from + channel] as number] as number;
    const low = Math.min(grid - 2, Math.floor(place));
    part[channel] = place - low;
    base += low * (strides[channel] as number);
  }
  colour.fill(0);
  for (let corner = 0; corner < 1 << inputs; corner++) {
    let weight = 1;
    let at = base;
    for (let channel = 0; channel < inputs; channel++) {
      const isHigh = (corner >> channel) & 1;
      weight *= isHigh ? (part[channel] as number) : 1 - (part[channel] as number);
      if (isHigh) at += strides[channel] as number;
    }
    if (weight === 0) continue;
    colour[0] += weight * (nodes[at] as number);
    colour[1] += weight * (nodes[at + 1] as number);
    colour[2] += weight * (nodes[at + 2] as number);
  }
}

/** u1Fixed15 of the profile connection space, §6.3.4.2 table 11. */
function fromXyz(colour: Colour): void {
  for (let i = 0; i < 3; i++) colour[i] = (colour[i] as number) * (65_535 / 32_768);
}

/** §6.3.4.2 table 12: 8 bits. */
function fromLab(colour: Colour): void {
  colour[0] *= 100;
  colour[1] = colour[1] * 255 - 128;
  colour[2] = colour[2] * 255 - 128;
  labToXyz(colour);
}

/** §10.10: lut16 keeps version 2's 16 bits, in which 0xff00 is white, in every version. */
function fromWideLab(colour: Colour): void {
  colour[0] *= (100 * 65_535) / 65_280;
  colour[1] = (colour[1] * 65_535) / 256 - 128;
  colour[2] = (colour[2] * 65_535) / 256 - 128;
  labToXyz(colour);
}

function writeXyz(xyz: Colour, to: Uint8ClampedArray | Uint8Array, at: number): void {
  const table = encodeTable();
  for (let c = 0; c < 3; c++) {
    const row = 3 * c;
    const light =
      (FROM_D50[row] as number) * xyz[0] +
      (FROM_D50[row + 1] as number) * xyz[1] +
      (FROM_D50[row + 2] as number) * xyz[2];
    to[at + c] = table[step(light)] as number;
  }
}
