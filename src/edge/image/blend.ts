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
  const data = new Uint8ClampedArray(photo.data.length);
  const light = (pixels: Pixels, i: number) => LIGHT[pixels.data[i] as number] as number;
  for (let i = 0; i < data.length; i += 4) {
    for (let c = i; c < i + 3; c++) {
      const from = light(photo, c);
      data[c] = LEVEL[Math.round(from + (light(stylized, c) - from) * strength)] as number;
    }
    const alpha = photo.data[i + 3] as number;
    data[i + 3] = alpha + ((stylized.data[i + 3] as number) - alpha) * strength;
  }
  return { width, height, data };
}
