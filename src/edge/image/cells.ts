import { srgb } from "./colour/transfer.ts";
import type { Pixels, Size } from "./pixels.ts";

/** A number for each cell of a grid, row by row. */
export type Plane = Float32Array;

/** A picture averaged down to a grid. */
export type Cells = Size & {
  /** Means of the cells' pixels, 0–255, as far as they are opaque; white where nothing is. */
  rgb: readonly [red: Plane, green: Plane, blue: Plane];
  /** 0–1. */
  alpha: Plane;
};

/** @param longSide cells of the longer side at most; a smaller picture has a cell a pixel */
export function averaged({ width: fromWidth, height: fromHeight, data }: Pixels, longSide: number): Cells {
  const scale = Math.min(1, longSide / Math.max(fromWidth, fromHeight));
  const width = Math.max(1, Math.round(fromWidth * scale));
  const height = Math.max(1, Math.round(fromHeight * scale));
  const plane = () => new Float32Array(width * height);
  const [rgb, alpha, counts] = [[plane(), plane(), plane()] as const, plane(), plane()];
  for (let y = 0, from = 0; y < fromHeight; y++) {
    const row = Math.floor((y * height) / fromHeight) * width;
    for (let x = 0; x < fromWidth; x++, from += 4) {
      const cell = row + Math.floor((x * width) / fromWidth);
      const a = (data[from + 3] as number) / 255;
      for (let c = 0; c < 3; c++) add(rgb[c] as Plane, cell, (data[from + c] as number) * a);
      add(alpha, cell, a);
      add(counts, cell, 1);
    }
  }
  for (let cell = 0; cell < counts.length; cell++) {
    const seen = alpha[cell] as number;
    for (const channel of rgb) channel[cell] = seen === 0 ? 255 : (channel[cell] as number) / seen;
    alpha[cell] = seen / (counts[cell] as number);
  }
  return { width, height, rgb, alpha };
}

const add = (plane: Plane, at: number, value: number) => {
  plane[at] = (plane[at] as number) + value;
};

/** Ottosson's OKLab (https://bottosson.github.io/posts/oklab/) of sRGB. */
export function oklab({ rgb: [red, green, blue] }: Cells): readonly [lightness: Plane, a: Plane, b: Plane] {
  const planes = [
    new Float32Array(red.length),
    new Float32Array(red.length),
    new Float32Array(red.length),
  ] as const;
  for (let cell = 0; cell < red.length; cell++) {
    const [r, g, b] = [
      srgb((red[cell] as number) / 255),
      srgb((green[cell] as number) / 255),
      srgb((blue[cell] as number) / 255),
    ];
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    planes[0][cell] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
    planes[1][cell] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
    planes[2][cell] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  }
  return planes;
}

/** Means over windows of any size, each at the cost of four additions (summed-area table). */
export class Means {
  readonly #sums: Float64Array;
  readonly #width: number;
  readonly #height: number;

  constructor(plane: Plane, { width, height }: Size) {
    this.#width = width;
    this.#height = height;
    this.#sums = new Float64Array((width + 1) * (height + 1)); // with a row and a column of zeros before
    for (let y = 0; y < height; y++) {
      let row = 0;
      for (let x = 0; x < width; x++) {
        row += plane[y * width + x] as number;
        this.#sums[(y + 1) * (width + 1) + x + 1] = this.#at(x + 1, y) + row;
      }
    }
  }

  /** Of the cells up to so many away on each axis, as far as there are any. */
  around(x: number, y: number, reachX: number, reachY: number): number {
    const [left, top] = [Math.max(0, x - reachX), Math.max(0, y - reachY)];
    const [right, bottom] = [Math.min(this.#width, x + reachX + 1), Math.min(this.#height, y + reachY + 1)];
    const sum = this.#at(right, bottom) - this.#at(left, bottom) - this.#at(right, top) + this.#at(left, top);
    return sum / ((right - left) * (bottom - top));
  }

  #at(x: number, y: number): number {
    return this.#sums[y * (this.#width + 1) + x] as number;
  }
}
