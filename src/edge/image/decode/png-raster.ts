import { DecodeError } from "../pixels.ts";
import type { Header } from "./png-chunks.ts";
import { unfilter } from "./png-filter.ts";
import { channelsOf, expandRow } from "./png-samples.ts";

/** Every dx-th pixel of every dy-th row from (x, y). An interlaced PNG consists of seven such pictures, any other of one. */
export type Pass = { x: number; y: number; dx: number; dy: number };

const WHOLE: Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];

/** Adam7, PNG 3rd edition §8.1. */
const ADAM7: Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** Is given a row of the pass, RGBA; the buffer is reused. */
type RowSink = (rgba: Uint8Array, pass: Pass, row: number) => void;

/** Cuts inflated data into rows, undoes their filters and hands them on as RGBA. */
export class Raster {
  readonly #header: Header;
  readonly #sink: RowSink;
  readonly #passes: Pass[];
  readonly #bytesPerPixel: number;
  #pass = -1;
  #height = 0;
  #row = 0;
  #filled = 0;
  #line = new Uint8Array(0);
  #above = new Uint8Array(0);
  #rgba = new Uint8Array(0);

  constructor(header: Header, sink: RowSink) {
    this.#header = header;
    this.#sink = sink;
    this.#passes = (header.interlaced ? ADAM7 : WHOLE).filter(
      ({ x, y }) => x < header.width && y < header.height,
    );
    this.#bytesPerPixel = Math.max(1, (channelsOf(header) * header.bitDepth) >> 3);
    this.#nextPass();
  }

  get isDone(): boolean {
    return this.#pass >= this.#passes.length;
  }

  /** Takes the next inflated bytes and says whether more are wanted. What follows the last row is ignored. */
  write(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length && !this.isDone) {
      const count = Math.min(chunk.length - at, this.#line.length - this.#filled);
      this.#line.set(chunk.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#line.length) this.#finishRow();
    }
    return !this.isDone;
  }

  #finishRow(): void {
    if (!unfilter(this.#line, this.#above, this.#bytesPerPixel))
      throw new DecodeError("The PNG names an unknown row filter.");
    expandRow(this.#line.subarray(1), this.#header, this.#rgba);
    this.#sink(this.#rgba, this.#passes[this.#pass] as Pass, this.#row);
    [this.#line, this.#above] = [this.#above, this.#line];
    this.#filled = 0;
    if (++this.#row === this.#height) this.#nextPass();
  }

  #nextPass(): void {
    this.#pass++;
    const pass = this.#passes[this.#pass];
    if (!pass) return;
    const width = Math.ceil((this.#header.width - pass.x) / pass.dx);
    this.#height = Math.ceil((this.#header.height - pass.y) / pass.dy);
    this.#row = 0;
    const length = 1 + Math.ceil((width * channelsOf(this.#header) * this.#header.bitDepth) / 8);
    this.#line = new Uint8Array(length);
    this.#above = new Uint8Array(length);
    this.#rgba = new Uint8Array(width * 4);
  }
}
