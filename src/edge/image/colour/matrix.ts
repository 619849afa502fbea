/** A 3 × 3 matrix, row by row. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

export type Triple = readonly [number, number, number];

/** CIE chromaticity. */
type Xy = readonly [x: number, y: number];

export type Primaries = { red: Xy; green: Xy; blue: Xy; white: Xy };

export const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function times(a: Matrix, b: Matrix): Matrix {
  const at = (row: number, column: number) =>
    [0, 1, 2].reduce((sum, i) => sum + (a[row * 3 + i] as number) * (b[i * 3 + column] as number), 0);
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => at(row, column))) as unknown as Matrix;
}

export const apply = (m: Matrix, [x, y, z]: Triple): Triple => [
  m[0] * x + m[1] * y + m[2] * z,
  m[3] * x + m[4] * y + m[5] * z,
  m[6] * x + m[7] * y + m[8] * z,
];

/** Undefined where there is none, as of colours that lie on one line. */
export function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix | undefined {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!(Math.abs(determinant) > 1e-9)) return undefined;
  const adjugate = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return adjugate.map((value) => value / determinant) as unknown as Matrix;
}

const xyz = ([x, y]: Xy): Triple => [x / y, 1, (1 - x - y) / y];

/** The white of ICC's profile connection space, ICC.1:2022 §6.3.4.3. */
export const D50: Triple = [0.9642, 1, 0.8249];

/** Bradford's cone responses, ICC.1:2022 annex E. */
const BRADFORD: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

/** Linear light in these primaries to XYZ of D50. Undefined where the primaries make no colours. */
export function toD50({ red, green, blue, white }: Primaries): Matrix | undefined {
  if ([red, green, blue, white].some(([, y]) => !(y > 0))) return undefined;
  const [r, g, b] = [xyz(red), xyz(green), xyz(blue)];
  const columns: Matrix = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]];
  const back = inverse(columns);
  const bradfordBack = inverse(BRADFORD);
  if (!back || !bradfordBack) return undefined;
  const [sr, sg, sb] = apply(back, xyz(white));
  const toXyz = times(columns, [sr, 0, 0, 0, sg, 0, 0, 0, sb]);
  const [from, to] = [apply(BRADFORD, xyz(white)), apply(BRADFORD, D50)];
  const scale: Matrix = [to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2]];
  return times(times(times(bradfordBack, scale), BRADFORD), toXyz);
}

const D65: Xy = [0.3127, 0.329];

/** IEC 61966-2-1. */
export const SRGB: Primaries = { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: D65 };

/** XYZ of D50 to linear sRGB. */
export const FROM_D50 = inverse(toD50(SRGB) as Matrix) as Matrix;

/** By ITU-T H.273's code, table 2; those of television are taken for what they are. */
export const CODED_PRIMARIES: Record<number, Primaries> = {
  1: SRGB,
  4: { red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08], white: [0.31, 0.316] },
  5: { red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06], white: D65 },
  6: { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07], white: D65 },
  7: { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07], white: D65 },
  9: { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 },
  11: { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: [0.314, 0.351] },
  12: { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: D65 },
  22: { red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077], white: D65 },
};
