import { encodeSrgb, srgb } from "./colour/transfer.ts";
import type { Pixels } from "./pixels.ts";

/** Steps of linear light that are told apart on the way back: where sRGB is steepest, one is a fifth of a level. */
const STEPS = 16_384;

const LIGHT = Float32Array.from({ length: 256 }, (_, value) => STEPS * srgb(value / 255));
const LEVEL = Uint8ClampedArray.from({ length: STEPS + 1 }, (_, light) => encodeSrgb(light / STEPS));

/**
 * From the photo (strength 0) to the stylized picture (strength 1), in linear light, as one picture fades into another on a screen;
 * transparency too.
 *
 * @throws RangeError where the sizes differ
 */
export function blend(photo: Pixels, stylized: Pixels, strength: number): Pixels {
  const { width, height } = photo;
  if (stylized.width !== width || stylized.height !== height)
    throw new RangeError("The pictures to blend differ in size.");
  if (strength <= 0) return photo;
  if (strength >= 1) return stylized;
  const data = stylized.data.slice();
  blendRow(photo.data, data, strength);
  return { width, height, data };
}

/** The same for rows of RGBA, as many pixels in one as in the other; the result is written over the drawn ones. */
export function blendRow(
  photo: Uint8ClampedArray | Uint8Array,
  drawn: Uint8ClampedArray,
  strength: number,
): void {
  for (let i = 0; i < drawn.length; i += 4) {
    for (let c = i; c < i + 3; c++) {
      const from = LIGHT[photo[c] as number] as number;
      const to = LIGHT[drawn[c] as number] as number;
      drawn[c] = LEVEL[Math.round(from + (to - from) * strength)] as number;
    }
    const alpha = photo[i + 3] as number;
    drawn[i + 3] = alpha + ((drawn[i + 3] as number) - alpha) * strength;
  }
}
