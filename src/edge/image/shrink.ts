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

/** How one axis is divided into blocks: for each source position its block, and how much of it lies there; the rest is the next block's. */
type Division = { count: number; block: Uint32Array; share: Float64Array };

/** Blocks of equal and possibly fractional length, `factor` or a little more, so that nothing is lost or shifted at the end. */
function divide(length: number, factor: number): Division {
  const count = Math.floor(length / factor);
  const size = length / count;
  const block = new Uint32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(count - 1, Math.floor(i / size));
    block[i] = at;
    share[i] = at === count - 1 ? 1 : Math.min(1, (at + 1) * size - i);
  }
  return { count, block, share };
}

/** Takes a picture row by row, and averages blocks of about factor × factor pixels, weighted by alpha. */
export class Shrink {
  readonly #factor: number;
  readonly #pixels: Pixels;
  readonly #across: Division;
  readonly #down: Division;
  /** Of a block's pixels: red, green and blue times alpha, and alpha. One row as it came, and one of blocks so far. */
  readonly #line: Float64Array;
  readonly #sums: Float64Array;
  readonly #area: number;
  #row = 0;

  /** @param factor at least 1 and at most the shorter side */
  constructor(factor: number, width: number, height: number) {
    this.#factor = factor;
    this.#across = divide(width, factor);
    this.#down = divide(height, factor);
    const [w, h] = [this.#across.count, this.#down.count];
    this.#pixels = { width: w, height: h, data: new Uint8ClampedArray(w * h * 4) };
    this.#area = (width / w) * (height / h);
    this.#line = new Float64Array(w * 4);
    this.#sums = new Float64Array(w * 4);
  }

  /** One row of RGBA, top down. */
  push(rgba: Uint8Array | Uint8ClampedArray): void {
    const row = this.#row++;
    if (this.#factor === 1) {
      this.#pixels.data.set(rgba, row * rgba.length);
      return;
    }
    this.#narrow(rgba);
    const block = this.#down.block[row] as number;
    const share = this.#down.share[row] as number;
    const isLastOfBlock = share < 1 || this.#down.block[row + 1] !== block;
    this.#add(share);
    if (!isLastOfBlock) return;
    this.#write(block);
    this.#sums.fill(0);
    if (share < 1) this.#add(1 - share);
  }

  finish(): Pixels {
    return this.#pixels;
  }

  /** The row's blocks into #line. */
  #narrow(rgba: Uint8Array | Uint8ClampedArray): void {
    const line = this.#line.fill(0);
    const { block, share } = this.#across;
    for (let x = 0, from = 0; x < block.length; x++, from += 4) {
      const to = (block[x] as number) * 4;
      const here = share[x] as number;
      const alpha = rgba[from + 3] as number;
      const red = rgba[from] as number;
      const green = rgba[from + 1] as number;
      const blue = rgba[from + 2] as number;
      add(line, to, red, green, blue, alpha * here);
      if (here < 1) add(line, to + 4, red, green, blue, alpha * (1 - here));
    }
  }

  #add(share: number): void {
    const [line, sums] = [this.#line, this.#sums];
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (line[i] as number) * share;
  }

  #write(row: number): void {
    const { width, data } = this.#pixels;
    const sums = this.#sums;
    let to = row * width * 4;
    for (let from = 0; from < sums.length; from += 4, to += 4) {
      const alpha = sums[from + 3] as number;
      if (alpha === 0) continue; // data is transparent black already
      data[to] = (sums[from] as number) / alpha;
      data[to + 1] = (sums[from + 1] as number) / alpha;
      data[to + 2] = (sums[from + 2] as number) / alpha;
      data[to + 3] = alpha / this.#area;
    }
  }
}

function add(line: Float64Array, to: number, red: number, green: number, blue: number, weight: number): void {
  line[to] = (line[to] as number) + red * weight;
  line[to + 1] = (line[to + 1] as number) + green * weight;
  line[to + 2] = (line[to + 2] as number) + blue * weight;
  line[to + 3] = (line[to + 3] as number) + weight;
}
