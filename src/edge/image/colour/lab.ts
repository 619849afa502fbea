import { D50, type Triple } from "./matrix.ts";

const KNEE = 6 / 29;

const cube = (t: number): number => (t > KNEE ? t * t * t : 3 * KNEE ** 2 * (t - 4 / 29));

/** CIE L*, 0–100, to light, 0–1. */
export const lightOf = (lightness: number): number => cube((lightness + 16) / 116);

/** CIE L*a*b* to XYZ, both relative to D50. */
export function labToXyz([l, a, b]: Triple): Triple {
  const y = (l + 16) / 116;
  return [D50[0] * cube(y + a / 500), D50[1] * cube(y), D50[2] * cube(y - b / 200)];
}
