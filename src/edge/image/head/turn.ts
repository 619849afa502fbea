import type { Face, Landmarks } from "./face.ts";
import type { Place } from "./similarity.ts";
import type { Rgb } from "./warp.ts";

/** Quarters of a circle, clockwise. */
export type Turns = 0 | 1 | 2 | 3;

/** The picture turned clockwise. */
export function turned({ width, height, data }: Rgb, turns: Turns): Rgb {
  if (turns === 0) return { width, height, data };
  const [w, h] = turns === 2 ? [width, height] : [height, width];
  const result = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0; x < w; x++, to += 3) {
      const from =
        turns === 1
          ? ((height - 1 - x) * width + y) * 3
          : turns === 2
            ? ((height - 1 - y) * width + (width - 1 - x)) * 3
            : (x * width + (width - 1 - y)) * 3;
      result[to] = data[from] as number;
      result[to + 1] = data[from + 1] as number;
      result[to + 2] = data[from + 2] as number;
    }
  }
  return { width: w, height: h, data: result };
}

/** A face of the turned picture, where it is in the picture as it was. Its left eye stays its left one. */
export function turnedBack(
  { box, score, landmarks }: Face,
  turns: Turns,
  { width, height }: { width: number; height: number },
): Face {
  const back = ([x, y]: Place): Place => {
    if (turns === 1) return [y, height - x];
    if (turns === 2) return [width - x, height - y];
    return turns === 3 ? [width - y, x] : [x, y];
  };
  const [ax, ay] = back([box.left, box.top]);
  const [bx, by] = back([box.right, box.bottom]);
  const [left, right] = [Math.min(ax, bx), Math.max(ax, bx)];
  const [top, bottom] = [Math.min(ay, by), Math.max(ay, by)];
  return { box: { left, top, right, bottom }, score, landmarks: landmarks.map(back) as unknown as Landmarks };
}
