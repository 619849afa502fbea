import { flatten } from "./alpha.ts";
import type { Pixels } from "./pixels.ts";

/** The network's input: [height, width, 3], row major, flattened on white. */
export function toRgb(pixels: Pixels): Uint8Array {
  const { data } = flatten(pixels, [255, 255, 255]);
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from] as number;
    rgb[to + 1] = data[from + 1] as number;
    rgb[to + 2] = data[from + 2] as number;
  }
  return rgb;
}

/**
 * The network's output as a picture: opaque, or with the alpha of `alphaFrom`, which has the same size.
 *
 * @throws RangeError where the bytes or `alphaFrom` do not have the size
 */
export function fromRgb(rgb: Uint8Array, width: number, height: number, alphaFrom?: Pixels): Pixels {
  if (rgb.length !== width * height * 3)
    throw new RangeError(`Expected ${width * height * 3} bytes of RGB, got ${rgb.length}.`);
  if (alphaFrom && (alphaFrom.width !== width || alphaFrom.height !== height)) {
    throw new RangeError("The picture that gives its alpha has another size.");
  }
  const data = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from] as number;
    data[to + 1] = rgb[from + 1] as number;
    data[to + 2] = rgb[from + 2] as number;
    data[to + 3] = alphaFrom ? (alphaFrom.data[to + 3] as number) : 255;
  }
  return { width, height, data };
}
