import type { Orientation } from "../source/probe/types.ts";
import type { Pixels, Size } from "./pixels.ts";

/** As a picture is looked at: orientations from 5 on swap the sides. */
export const uprightSize = ({ width, height }: Size, orientation: Orientation): Size =>
  orientation >= 5 ? { width: height, height: width } : { width, height };

/** Turns and mirrors a picture upright. Exif 3.0 §4.6.5.1: where row 0 and column 0 of the data are to be seen. */
export function orient(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { width: w, height: h } = pixels;
  const { width, height } = uprightSize(pixels, orientation);
  const from = words(pixels.data);
  const to = new Uint32Array(from.length);
  const [origin, alongX, alongY] = walk(orientation, w, h);
  for (let y = 0, at = 0; y < height; y++) {
    let source = origin + y * alongY;
    for (let x = 0; x < width; x++, source += alongX) to[at++] = from[source] as number;
  }
  return { width, height, data: new Uint8ClampedArray(to.buffer) };
}

/** Where in the stored picture the upright one's first pixel lies, and the steps to its right and lower neighbours. */
export function walk(orientation: Orientation, w: number, h: number): [origin: number, x: number, y: number] {
  const last = w * h - 1;
  switch (orientation) {
    case 1:
      return [0, 1, w];
    case 2: // mirrored
      return [w - 1, -1, w];
    case 3: // upside down
      return [last, -1, -w];
    case 4: // upside down, mirrored
      return [last - (w - 1), 1, -w];
    case 5: // transposed
      return [0, w, 1];
    case 6: // to be turned clockwise
      return [last - (w - 1), -w, 1];
    case 7: // transposed along the other diagonal
      return [last, -w, -1];
    case 8: // to be turned anticlockwise
      return [w - 1, w, -1];
  }
}

function words(data: Uint8ClampedArray): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
