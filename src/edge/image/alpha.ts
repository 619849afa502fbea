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
  const flat = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] as number;
    for (let c = 0; c < 3; c++) {
      flat[i + c] = ((data[i + c] as number) * alpha + (background[c] as number) * (255 - alpha)) / 255;
    }
    flat[i + 3] = 255;
  }
  return { width, height, data: flat };
}
