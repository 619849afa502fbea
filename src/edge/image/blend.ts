import type { Pixels } from "./pixels.ts";

/**
 * Channel by channel from the photo (strength 0) to the stylized picture (strength 1), alpha too.
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
  for (let i = 0; i < data.length; i++) {
    const from = photo.data[i] as number;
    data[i] = from + ((stylized.data[i] as number) - from) * strength;
  }
  return { width, height, data };
}
