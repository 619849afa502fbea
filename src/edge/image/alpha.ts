import type { Pixels, Rgb } from "./pixels.ts";

/** Whether any pixel is not fully opaque. */
export function hasAlpha({ data }: Pixels): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}

/** Laid on a background: opaque everywhere. An opaque picture is given back as it is. */
export function flatten(pixels: Pixels, background: Rgb): Pixels {
  if (!hasAlpha(pixels)) return pixels;
  const { width, height, data } = pixels;
  const flat = data.slice();
  flattenRow(flat, background);
  return { width, height, data: flat };
}

/** Lays RGBA on a background, in place. */
export function flattenRow(rgba: Uint8ClampedArray, background: Rgb): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] as number;
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++)
      rgba[i + c] = ((rgba[i + c] as number) * alpha + (background[c] as number) * (255 - alpha)) / 255;
    rgba[i + 3] = 255;
  }
}
