import { joined, u8 } from "../../bytes.ts";
import type { Pixels, Size } from "../../pixels.ts";
import { encodeJpeg } from "../jpeg.ts";
import { type Baseline, commonTables, headerOf, readBaseline, recode, unitsOf } from "./baseline.ts";
import { BitWriter } from "./huffman.ts";

/** A whole number of minimum coded units, whose sides are 8 or 16. */
const ROWS = 128;

/**
 * Encodes a picture of any size as JPEG while its rows come, in the memory of a strip. Strips are pictures of their own to the encoder, which
 * makes up codes for each; in the one file restart markers lie between them, and all have the codes that are shortest for them together.
 */
export class JpegStrips {
  readonly #size: Size;
  readonly #quality: number;
  readonly #strips: Baseline[] = [];
  #strip: Pixels;
  #filled = 0;
  #top = 0;

  constructor(size: Size, quality: number) {
    this.#size = size;
    this.#quality = quality;
    this.#strip = this.#blank();
  }

  /** One row of opaque RGBA, top down. */
  async push(rgba: Uint8Array | Uint8ClampedArray): Promise<void> {
    this.#strip.data.set(rgba, this.#filled++ * rgba.length);
    if (this.#filled < this.#strip.height) return;
    await this.#encode();
    this.#top += this.#strip.height;
    this.#filled = 0;
    if (this.#top < this.#size.height) this.#strip = this.#blank();
  }

  finish(): Uint8Array {
    const [first] = this.#strips;
    if (!first || this.#top !== this.#size.height) throw new Error("The picture lacks rows.");
    const tables = commonTables(this.#strips);
    const data = new BitWriter(this.#strips.reduce((sum, { file }) => sum + file.length, 0));
    for (const [i, strip] of this.#strips.entries()) {
      if (i > 0) {
        data.byte(0xff);
        data.byte(0xd0 | ((i - 1) % 8)); // RST0 to RST7
      }
      recode(strip, tables, data);
    }
    const header = headerOf(this.#size, first, tables, unitsOf(first, first.components));
    return joined([header, data.finish(), u8(0xff, 0xd9)]);
  }

  async #encode(): Promise<void> {
    this.#strips.push(readBaseline(await encodeJpeg(this.#strip, this.#quality)));
  }

  #blank(): Pixels {
    const height = Math.min(ROWS, this.#size.height - this.#top);
    const { width } = this.#size;
    if (this.#strip?.height === height) return this.#strip;
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }
}
