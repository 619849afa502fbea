import { hasAlpha } from "../alpha.ts";
import type { Pixels, Size } from "../pixels.ts";

/** Of a pixel: what is drawn there (red, green, blue), how far each follows the photo, and how light the photo is. */
const PLANES = 7;
const [FOLLOWS, LIGHTNESS] = [3, 6];

/** That a channel follows the photo's lightness one to one. */
const ONE = 160;

/** Pixels around one over which is looked how far it follows. */
const RADIUS = 2;

/** A variance of the photo, in levels², that is taken for grain rather than for an edge: 10⁻³ of the range's square. */
const GRAIN = 65;

/** BT.601's luma. */
const luma = (data: ArrayLike<number>, i: number): number =>
  0.299 * (data[i] as number) + 0.587 * (data[i + 1] as number) + 0.114 * (data[i + 2] as number);

/** Where, in a drawing, the pixels of a larger picture of a part of it lie: pixel i at `start + i · step`. */
export type Line = { start: number; step: number };

/**
 * Enlarges a drawing with the photo's edges. What is drawn is resampled (Catmull–Rom); what the larger photo has beyond the smaller one is
 * added as far as the drawing follows the photo around there, which the guided filter tells (He, Sun, Tang, PAMI 2013; at low resolution: He
 * and Sun, 2015): lines of the artist's own stay as they are, and skin that was drawn flat gets no pores.
 */
export class Detail {
  readonly #size: Size;
  readonly #planes: Uint8Array;
  readonly #line: Float32Array;

  /** @param photo what was drawn, at the drawing's size */
  constructor(drawn: Pixels, photo: Pixels) {
    const { width, height } = drawn;
    if (photo.width !== width || photo.height !== height)
      throw new RangeError("The photo and its drawing differ in size.");
    this.#size = { width, height };
    this.#planes = planesOf(spread(drawn), spread(photo));
    this.#line = new Float32Array(width * PLANES);
  }

  /** Enlarges row by row; each is written over the photo's own, RGBA, whose alpha stays. */
  rows(across: Line, down: Line, width: number): (y: number, rgba: Uint8ClampedArray) => void {
    const taps = tapsOf(across, width, this.#size.width, PLANES);
    return (y, rgba) => {
      this.#combine(tapsOf({ ...down, start: down.start + y * down.step }, 1, this.#size.height, 1));
      addDetail(this.#line, taps, rgba);
    };
  }

  /** Four rows of the planes into one. */
  #combine({ places, weights }: Taps): void {
    const [planes, line] = [this.#planes, this.#line];
    const [a, b, c, d] = Array.from(places, (place) => place * line.length) as [
      number,
      number,
      number,
      number,
    ];
    const [wa, wb, wc, wd] = weights as unknown as [number, number, number, number];
    for (let i = 0; i < line.length; i++) {
      line[i] =
        wa * (planes[a + i] as number) +
        wb * (planes[b + i] as number) +
        wc * (planes[c + i] as number) +
        wd * (planes[d + i] as number);
    }
  }
}

/** Four neighbours of each pixel of a line, those beyond the end being the last ones, and what they count. */
type Taps = { places: Int32Array; weights: Float32Array };

function tapsOf({ start, step }: Line, count: number, length: number, stride: number): Taps {
  const places = new Int32Array(4 * count);
  const weights = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) {
    const at = start + i * step;
    const base = Math.floor(at);
    const t = at - base;
    for (let k = 0; k < 4; k++) places[4 * i + k] = stride * Math.min(length - 1, Math.max(0, base + k - 1));
    weights[4 * i] = t * (-0.5 + t * (1 - 0.5 * t));
    weights[4 * i + 1] = 1 + t * t * (-2.5 + 1.5 * t);
    weights[4 * i + 2] = t * (0.5 + t * (2 - 1.5 * t));
    weights[4 * i + 3] = t * t * (-0.5 + 0.5 * t);
  }
  return { places, weights };
}

/** Four columns of the line into one for each pixel; written out, since nothing here runs as often. */
function addDetail(line: Float32Array, { places, weights }: Taps, rgba: Uint8ClampedArray): void {
  for (let to = 0; to < rgba.length; to += 4) {
    const a = places[to] as number;
    const b = places[to + 1] as number;
    const c = places[to + 2] as number;
    const d = places[to + 3] as number;
    const wa = weights[to] as number;
    const wb = weights[to + 1] as number;
    const wc = weights[to + 2] as number;
    const wd = weights[to + 3] as number;
    const lightness =
      wa * (line[a + 6] as number) +
      wb * (line[b + 6] as number) +
      wc * (line[c + 6] as number) +
      wd * (line[d + 6] as number);
    const photo =
      0.299 * (rgba[to] as number) + 0.587 * (rgba[to + 1] as number) + 0.114 * (rgba[to + 2] as number);
    const detail = (photo - lightness) / ONE;
    const red =
      wa * (line[a + 0] as number) +
      wb * (line[b + 0] as number) +
      wc * (line[c + 0] as number) +
      wd * (line[d + 0] as number);
    const redFollows =
      wa * (line[a + 3] as number) +
      wb * (line[b + 3] as number) +
      wc * (line[c + 3] as number) +
      wd * (line[d + 3] as number);
    const green =
      wa * (line[a + 1] as number) +
      wb * (line[b + 1] as number) +
      wc * (line[c + 1] as number) +
      wd * (line[d + 1] as number);
    const greenFollows =
      wa * (line[a + 4] as number) +
      wb * (line[b + 4] as number) +
      wc * (line[c + 4] as number) +
      wd * (line[d + 4] as number);
    const blue =
      wa * (line[a + 2] as number) +
      wb * (line[b + 2] as number) +
      wc * (line[c + 2] as number) +
      wd * (line[d + 2] as number);
    const blueFollows =
      wa * (line[a + 5] as number) +
      wb * (line[b + 5] as number) +
      wc * (line[c + 5] as number) +
      wd * (line[d + 5] as number);
    rgba[to] = red + redFollows * detail;
    rgba[to + 1] = green + greenFollows * detail;
    rgba[to + 2] = blue + blueFollows * detail;
  }
}

/** Pixels beyond the edge of what can be seen that interpolation looks at. */
const REACH = 3;

/** A picture whose hidden pixels have the colours of visible neighbours, so that nothing else shines in at its edge. */
function spread(picture: Pixels): Pixels {
  if (!hasAlpha(picture)) return picture;
  const { width, height } = picture;
  const data = picture.data.slice();
  const seen = Uint8Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] === 0 ? 0 : 1));
  for (let step = 1; step <= REACH; step++) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (seen[i] !== 0) continue;
        const beside = [
          x > 0 && i - 1,
          x < width - 1 && i + 1,
          y > 0 && i - width,
          y < height - 1 && i + width,
        ];
        const known = beside.find((at) => at !== false && seen[at] !== 0 && (seen[at] as number) <= step);
        if (known === undefined || known === false) continue;
        data.copyWithin(4 * i, 4 * known, 4 * known + 3);
        seen[i] = step + 1; // only the next round goes on from here
      }
    }
  }
  return { width, height, data };
}

function planesOf(drawn: Pixels, photo: Pixels): Uint8Array {
  const { width, height } = drawn;
  const planes = new Uint8Array(width * height * PLANES);
  for (let i = 0, from = 0; i < planes.length; i += PLANES, from += 4) {
    for (let c = 0; c < 3; c++) planes[i + c] = drawn.data[from + c] as number;
    planes[i + LIGHTNESS] = Math.round(luma(photo.data, from));
  }
  const follows = slopes(planes, drawn);
  const smooth = new Windows(drawn, 3, (i, sums, sign) => {
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] as number) + sign * (follows[3 * i + c] as number);
  });
  smooth.each((i, sums, count) => {
    for (let c = 0; c < 3; c++) planes[i * PLANES + FOLLOWS + c] = (sums[c] as number) / count;
  });
  return planes;
}

/** The slope of each drawn channel over the photo's lightness around each pixel, 0 to 1.5, in units of 1/ONE. */
function slopes(planes: Uint8Array, size: Size): Uint8Array {
  const found = new Uint8Array(size.width * size.height * 3);
  // Of a window: the photo's lightness and its square, each drawn channel, and its product with the lightness.
  const windows = new Windows(size, 8, (i, sums, sign) => {
    const at = i * PLANES;
    const light = sign * (planes[at + LIGHTNESS] as number);
    sums[0] = (sums[0] as number) + light;
    sums[1] = (sums[1] as number) + light * (planes[at + LIGHTNESS] as number);
    for (let c = 0; c < 3; c++) {
      const value = planes[at + c] as number;
      sums[2 + c] = (sums[2 + c] as number) + sign * value;
      sums[5 + c] = (sums[5 + c] as number) + light * value;
    }
  });
  windows.each((i, sums, count) => {
    const mean = (sums[0] as number) / count;
    const variance = (sums[1] as number) / count - mean * mean;
    for (let c = 0; c < 3; c++) {
      const together = (sums[5 + c] as number) / count - (mean * (sums[2 + c] as number)) / count;
      found[3 * i + c] = ONE * Math.min(1.5, Math.max(0, together / (variance + GRAIN)));
    }
  });
  return found;
}

/** Sums over the window around each pixel, as far as it lies in the picture: each pixel is added and taken away once a row. */
class Windows {
  readonly #size: Size;
  readonly #values: number;
  readonly #add: (pixel: number, sums: Float64Array, sign: 1 | -1) => void;

  /** @param add adds a pixel's values to sums, or takes them away */
  constructor(size: Size, values: number, add: (pixel: number, sums: Float64Array, sign: 1 | -1) => void) {
    this.#size = size;
    this.#values = values;
    this.#add = add;
  }

  each(take: (pixel: number, sums: Float64Array, count: number) => void): void {
    const { width, height } = this.#size;
    const n = this.#values;
    const columns = Array.from({ length: width }, () => new Float64Array(n));
    const addRow = (y: number, sign: 1 | -1) => {
      if (y < 0 || y >= height) return;
      for (const [x, column] of columns.entries()) this.#add(y * width + x, column, sign);
    };
    const sums = new Float64Array(n);
    const slide = (x: number, sign: 1 | -1) => {
      const column = columns[x];
      if (column) for (let v = 0; v < n; v++) sums[v] = (sums[v] as number) + sign * (column[v] as number);
    };
    const inside = (at: number, length: number) =>
      Math.min(length - 1, at + RADIUS) - Math.max(0, at - RADIUS) + 1;
    for (let y = 0; y < RADIUS; y++) addRow(y, 1);
    for (let y = 0; y < height; y++) {
      addRow(y + RADIUS, 1);
      addRow(y - RADIUS - 1, -1);
      sums.fill(0);
      for (let x = 0; x < RADIUS; x++) slide(x, 1);
      for (let x = 0; x < width; x++) {
        slide(x + RADIUS, 1);
        slide(x - RADIUS - 1, -1);
        take(y * width + x, sums, inside(x, width) * inside(y, height));
      }
    }
  }
}
