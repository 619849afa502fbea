import { D50 } from "./matrix.ts";

const KNEE = 6 / 29;

const cube = (t: number): number => (t > KNEE ? t * t * t : 3 * KNEE ** 2 * (t - 4 / 29));

/** CIE L*, 0–100, to light, 0–1. */
export const lightOf = (lightness: number): number => cube((lightness + 16) / 116);

/** CIE L*a*b* to XYZ in place, both relative to D50. */
export function labToXyz(colour: [number, number, number]): void {
  const y = (colour[0] + 16) / 116;
  colour[0] = D50[0] * cube(y + colour[1] / 500);
  colour[1] = D50[1] * cube(y);
  colour[2] = D50[2] * cube(y - colour[2] / 200);
}
