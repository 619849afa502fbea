import type { Raster } from "./raster.ts";

/** A window of a picture: a place of the view, times `scale`, plus `left` and `top`, is one of the picture. */
export type View = { left: number; top: number; scale: number };

/**
 * What the window shows, in so many pixels, between pixels by Catmull-Rom's cubic. Meant for scales of about 1: nothing is averaged.
 * Beyond the border the picture goes on as its border is.
 */
export function seen(picture: Raster, { left, top, scale }: View, width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const down = taps((y + 0.5) * scale + top - 0.5, picture.height);
    for (let x = 0; x < width; x++) {
      const across = taps((x + 0.5) * scale + left - 0.5, picture.width);
      for (let channel = 0; channel < 3; channel++, to++) {
        let sum = 0;
        for (const [row, weightDown] of down)
          for (const [column, weight] of across)
            sum +=
              weightDown * weight * (picture.data[(row * picture.width + column) * 3 + channel] as number);
        data[to] = Math.min(255, Math.max(0, Math.round(sum)));
      }
    }
  }
  return { width, height, data };
}

type Tap = readonly [at: number, weight: number];

function taps(at: number, length: number): Tap[] {
  const first = Math.floor(at);
  const t = at - first;
  const within = (index: number) => Math.min(length - 1, Math.max(0, index));
  return [
    [within(first - 1), ((-0.5 * t + 1) * t - 0.5) * t],
    [within(first), (1.5 * t - 2.5) * t * t + 1],
    [within(first + 1), ((-1.5 * t + 2) * t + 0.5) * t],
    [within(first + 2), (0.5 * t - 0.5) * t * t],
  ];
}

/** The window of `to` that shows what a window `from` of the same picture shows. */
export const between = (from: View, to: View): View => ({
  left: (from.left - to.left) / to.scale,
  top: (from.top - to.top) / to.scale,
  scale: from.scale / to.scale,
});

/**
 * A camera that moves and comes nearer at an even pace: windows of a picture, none of which leaves it.
 *
 * @param zoom how much nearer the last is than the first
 */
export function panAndZoom(
  picture: Raster,
  width: number,
  height: number,
  frames: number,
  zoom: number,
): View[] {
  const largest = Math.min(picture.width / width, picture.height / height);
  return Array.from({ length: frames }, (_, i) => {
    const t = i / (frames - 1);
    const scale = largest * 0.96 * zoom ** -t;
    const [roomX, roomY] = [picture.width - width * scale, picture.height - height * scale];
    return { left: roomX * (0.25 + 0.35 * t), top: roomY * (0.6 - 0.25 * t), scale };
  });
}
