import { CODED_PRIMARIES, FROM_D50, type Matrix, times, toD50 } from "./matrix.ts";
import { CODED_TRANSFERS, encodeSrgb, type Transfer } from "./transfer.ts";

/** What samples of red, green and blue mean: a curve for each to linear light, and a matrix from there to linear sRGB. */
export type RgbSpace = { curves: readonly [Transfer, Transfer, Transfer]; matrix: Matrix };

/** Undefined for codes that say nothing, and for those that are not in use: sRGB then. */
export function codedSpace(primaries: number, transfer: number): RgbSpace | undefined {
  const [chosen, curve] = [CODED_PRIMARIES[primaries], CODED_TRANSFERS[transfer]];
  const matrix = chosen && toD50(chosen);
  if (!matrix || !curve) return undefined;
  return { curves: [curve, curve, curve], matrix: times(FROM_D50, matrix) };
}

/** Entries of the table by which linear light becomes a sample: fine enough for half a step in the darkest tones. */
const STEPS = 16_384;

let encoded: Uint8ClampedArray | undefined;

/** Sample by linear light in STEPS. Made when first needed: most pictures are sRGB. */
export function encodeTable(): Uint8ClampedArray {
  encoded ??= Uint8ClampedArray.from({ length: STEPS + 1 }, (_, i) => encodeSrgb(i / STEPS));
  return encoded;
}

/** Linear light to its place in that table. */
export const step = (light: number): number =>
  light <= 0 ? 0 : light >= 1 ? STEPS : Math.round(light * STEPS);

/** Turns RGBA samples into sRGB in place. Colours that sRGB does not have are cut off channel by channel. */
export function convert(data: Uint8ClampedArray, { curves, matrix }: RgbSpace): void {
  const table = encodeTable();
  const [red, green, blue] = curves.map((curve) =>
    Float64Array.from({ length: 256 }, (_, i) => curve(i / 255)),
  ) as [Float64Array, Float64Array, Float64Array];
  const [a, b, c, d, e, f, g, h, j] = matrix;
  for (let i = 0; i < data.length; i += 4) {
    const r = red[data[i] as number] as number;
    const s = green[data[i + 1] as number] as number;
    const t = blue[data[i + 2] as number] as number;
    data[i] = table[step(a * r + b * s + c * t)] as number;
    data[i + 1] = table[step(d * r + e * s + f * t)] as number;
    data[i + 2] = table[step(g * r + h * s + j * t)] as number;
  }
}

/** Whether converting would change no colour by more than a step: most profiles are sRGB's. */
export function isSrgb(space: RgbSpace): boolean {
  const levels = [0, 16, 48, 96, 144, 192, 240, 255];
  const colours = levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b, 255])));
  const converted = Uint8ClampedArray.from(colours);
  convert(converted, space);
  return converted.every((value, i) => Math.abs(value - (colours[i] as number)) <= 1);
}
