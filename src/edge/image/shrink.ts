import type { Pixels } from "./pixels.ts";

/** Lanczos gets at least this many times the pixels it has to give, so that the boxes before it cannot be seen (as Pillow's `reducing_gap`). */
const GAP = 2;

/** Above this many pixels the boxes go as far as they can, for the resampler holds its input twice. */
const COMFORTABLE_PIXELS = 6_000_000;

/** The whole factor by which rows are averaged away while they are decoded; 1 where the target is near. */
export function shrinkFactor(width: number, height: number, longSide: number): number {
  const reduction = Math.max(width, height) / longSide;
  const most = Math.max(1, Math.min(Math.floor(reduction), width, height));
  let factor = Math.max(1, Math.min(most, Math.floor(reduction / GAP)));
  while (factor < most && (width / factor) * (height / factor) > COMFORTABLE_PIXELS) factor++;
  return factor;
}

/**
 * Takes a picture row by row and averages blocks of factor × factor pixels, weighted by alpha. What does not fill a block at the
 * right and at the bottom is left out, less than half a pixel of what is made of it.
 */
export class Shrink {
  readonly #pixels: Pixels;
  readonly #factor: number;
  readonly #sums: Float64Array;
  #rows = 0;

  /** `factor` is at least 1 and at most the shorter side. */
  constructor(width: number, height: number, factor: number) {
    const [w, h] = [Math.floor(width / factor), Math.floor(height / factor)];
    this.#pixels = { width: w, height: h, data: new Uint8ClampedArray(w * h * 4) };
    this.#factor = factor;
    this.#sums = new Float64Array(factor === 1 ? 0 : w * 4);
  }

  /** One row of RGBA, top down. */
  push(rgba: Uint8Array | Uint8ClampedArray): void {
    const { width, height, data } = this.#pixels;
    const y = Math.floor(this.#rows / this.#factor);
    this.#rows++;
    if (y >= height) return;
    if (this.#factor === 1) {
      data.set(rgba, y * width * 4);
      return;
    }
    this.#add(rgba);
    if (this.#rows % this.#factor === 0) this.#write(y);
  }

  finish(): Pixels {
    return this.#pixels;
  }

  #add(rgba: Uint8Array | Uint8ClampedArray): void {
    const sums = this.#sums;
    const factor = this.#factor;
    let from = 0;
    for (let to = 0; to < sums.length; to += 4) {
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (let i = 0; i < factor; i++, from += 4) {
        const weight = rgba[from + 3] as number;
        red += (rgba[from] as number) * weight;
        green += (rgba[from + 1] as number) * weight;
        blue += (rgba[from + 2] as number) * weight;
        alpha += weight;
      }
      sums[to] = (sums[to] as number) + red;
      sums[to + 1] = (sums[to + 1] as number) + green;
      sums[to + 2] = (sums[to + 2] as number) + blue;
      sums[to + 3] = (sums[to + 3] as number) + alpha;
    }
  }

  #write(y: number): void {
    const { width, data } = this.#pixels;
    const sums = this.#sums;
    const area = this.#factor * this.#factor;
    let to = y * width * 4;
    for (let from = 0; from < sums.length; from += 4, to += 4) {
      const alpha = sums[from + 3] as number;
      if (alpha === 0) continue; // data is transparent black already
      data[to] = (sums[from] as number) / alpha;
      data[to + 1] = (sums[from + 1] as number) / alpha;
      data[to + 2] = (sums[from + 2] as number) / alpha;
      data[to + 3] = alpha / area;
    }
    sums.fill(0);
  }
}
