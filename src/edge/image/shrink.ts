import type { Pixels, Size } from "./pixels.ts";

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

/** Above this many pixels a picture is for detail, and as large as it may be: the boxes alone bring it to its size, without a resampler. */
const LARGE_PIXELS = 1024 * 1024;

/** The size of a picture whose longer side is to have `longSide` pixels at most. */
export function within({ width, height }: Size, longSide: number): Size {
  const scale = Math.min(1, longSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The size that a picture's rows are reduced to, as far as is cheap and invisible, where it is to have a longer side of `longSide` pixels.
 *
 * @param from the size of the rows, which may have been reduced before
 * @param whole the size of the picture
 */
export function shrunkSize(from: Size, whole: Size, longSide: number): Size {
  const wanted = within(whole, longSide);
  if (wanted.width * wanted.height > LARGE_PIXELS) return wanted;
  const factor = shrinkFactor(from.width, from.height, longSide);
  return { width: Math.floor(from.width / factor), height: Math.floor(from.height / factor) };
}

/** How one axis is divided into blocks: for each source position its block, and how much of it lies there; the rest is the next block's. */
type Division = { block: Uint32Array; share: Float64Array };

/** `count` blocks of equal and possibly fractional length, so that nothing is lost or shifted at the end. */
function divide(length: number, count: number): Division {
  const size = length / count;
  const block = new Uint32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(count - 1, Math.floor(i / size));
    block[i] = at;
    share[i] = at === count - 1 ? 1 : Math.min(1, (at + 1) * size - i);
  }
  return { block, share };
}

/** Takes a picture row by row, averages blocks of its pixels, weighted by alpha, and gives rows of blocks. */
export class RowShrink {
  readonly #isSame: boolean;
  readonly #across: Division;
  readonly #down: Division;
  /** Of a block's pixels: red, green and blue times alpha, and alpha. One row as it came, and one of blocks so far. */
  readonly #line: Float64Array;
  readonly #sums: Float64Array;
  readonly #area: number;
  readonly #made: Uint8ClampedArray;
  #row = 0;

  /** @param to at most as large as `from` on either side */
  constructor(from: Size, to: Size) {
    if (to.width > from.width || to.height > from.height)
      throw new RangeError("Nothing is enlarged by averaging.");
    this.#isSame = from.width === to.width && from.height === to.height;
    this.#across = divide(from.width, to.width);
    this.#down = divide(from.height, to.height);
    this.#area = (from.width / to.width) * (from.height / to.height);
    this.#line = new Float64Array(to.width * 4);
    this.#sums = new Float64Array(to.width * 4);
    this.#made = new Uint8ClampedArray(to.width * 4);
  }

  /** Takes one row of RGBA, top down. Gives the row of blocks that it was the last of, in a buffer that is used again; else undefined. */
  push(rgba: Uint8Array | Uint8ClampedArray): Uint8Array | Uint8ClampedArray | undefined {
    const row = this.#row++;
    if (this.#isSame) return rgba;
    this.#narrow(rgba);
    const block = this.#down.block[row] as number;
    const share = this.#down.share[row] as number;
    const isLastOfBlock = share < 1 || this.#down.block[row + 1] !== block;
    this.#add(share);
    if (!isLastOfBlock) return undefined;
    this.#write();
    this.#sums.fill(0);
    if (share < 1) this.#add(1 - share);
    return this.#made;
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

  #write(): void {
    const [sums, made] = [this.#sums, this.#made];
    for (let i = 0; i < sums.length; i += 4) {
      const alpha = sums[i + 3] as number;
      if (alpha === 0) {
        made.fill(0, i, i + 4);
        continue;
      }
      made[i] = (sums[i] as number) / alpha;
      made[i + 1] = (sums[i + 1] as number) / alpha;
      made[i + 2] = (sums[i + 2] as number) / alpha;
      made[i + 3] = alpha / this.#area;
    }
  }
}

/** The same, for a whole picture. */
export class Shrink {
  readonly #rows: RowShrink;
  readonly #pixels: Pixels;
  #row = 0;

  /** @param to at most as large as `from` on either side */
  constructor(from: Size, to: Size) {
    this.#rows = new RowShrink(from, to);
    this.#pixels = { ...to, data: new Uint8ClampedArray(to.width * to.height * 4) };
  }

  /** One row of RGBA, top down. */
  push(rgba: Uint8Array | Uint8ClampedArray): void {
    const made = this.#rows.push(rgba);
    if (made) this.#pixels.data.set(made, this.#row++ * made.length);
  }

  finish(): Pixels {
    return this.#pixels;
  }
}

function add(line: Float64Array, to: number, red: number, green: number, blue: number, weight: number): void {
  line[to] = (line[to] as number) + red * weight;
  line[to + 1] = (line[to + 1] as number) + green * weight;
  line[to + 2] = (line[to + 2] as number) + blue * weight;
  line[to + 3] = (line[to + 3] as number) + weight;
}
