import type { Raster } from "./raster.ts";

/** Pixels that count. */
export type Region = { left: number; top: number; right: number; bottom: number };

/** How far two pictures of one size are from each other, in levels of 255: mean absolute, and root mean square. */
export type Difference = { absolute: number; square: number };

/** Over the pixels that are in any of the regions. @returns undefined where there are none */
export function difference(a: Raster, b: Raster, regions: readonly Region[]): Difference | undefined {
  let [absolute, square, count] = [0, 0, 0];
  for (let y = 0; y < a.height; y++) {
    const rows = regions.filter(({ top, bottom }) => y >= top && y < bottom);
    if (rows.length === 0) continue;
    for (let x = 0; x < a.width; x++) {
      if (!rows.some(({ left, right }) => x >= left && x < right)) continue;
      const at = (y * a.width + x) * 3;
      for (let channel = at; channel < at + 3; channel++, count++) {
        const apart = Math.abs((a.data[channel] as number) - (b.data[channel] as number));
        absolute += apart;
        square += apart * apart;
      }
    }
  }
  return count === 0 ? undefined : { absolute: absolute / count, square: Math.sqrt(square / count) };
}

/** Decibels; infinite where nothing differs. */
export const psnr = ({ square }: Difference): number => 20 * Math.log10(255 / square);
