import type { Reader } from "./bytes.ts";
import { type Box, type Extent, Fields } from "./isobmff.ts";

/** What of an HEVC picture decides about the memory that decoding it takes. */
type HevcFormat = {
  /** Coded pixels: the picture's, rounded up to whole blocks. */
  width: number;
  height: number;
  /** 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chroma: number;
  bitDepth: number;
};

const SPS = 33;

/** Where the parameter sets lie in an hvcC box. ISO/IEC 14496-15 §8.3.2.1. */
export function* parameterSets(reader: Reader, config: Box): Generator<Extent & { type: number }> {
  const fields = new Fields(reader, { data: config.data + 22, end: config.end });
  const arrays = fields.uint(1);
  for (let a = 0; a < arrays && !fields.isAtEnd; a++) {
    const type = fields.uint(1) & 63;
    const count = fields.uint(2);
    for (let n = 0; n < count && !fields.isAtEnd; n++) {
      const length = fields.uint(2);
      const [start, end] = [fields.at, fields.at + length];
      if (end > config.end) return;
      yield { type, start, end };
      fields.at = end;
    }
  }
}

/** What the parameter sets promise; of several, the most of each. Undefined where none can be read. */
export function hevcFormat(reader: Reader, config: Box): HevcFormat | undefined {
  let most: HevcFormat | undefined;
  for (const { type, start, end } of parameterSets(reader, config)) {
    if (type !== SPS) continue;
    const format = readSps(new Bits(reader, start + 2, end));
    if (!format) return undefined;
    most = {
      width: Math.max(format.width, most?.width ?? 0),
      height: Math.max(format.height, most?.height ?? 0),
      chroma: Math.max(format.chroma, most?.chroma ?? 0),
      bitDepth: Math.max(format.bitDepth, most?.bitDepth ?? 0),
    };
  }
  return most;
}

/** The beginning of a sequence parameter set. ITU-T H.265 §7.3.2.2. */
function readSps(bits: Bits): HevcFormat | undefined {
  bits.skip(4);
  const subLayers = bits.read(3); // minus 1
  bits.skip(1);
  skipProfile(bits, subLayers);
  bits.golomb(); // id
  const chroma = bits.golomb();
  if (chroma === 3) bits.skip(1);
  const [width, height] = [bits.golomb(), bits.golomb()];
  if (bits.read(1) === 1) for (let side = 0; side < 4; side++) bits.golomb(); // conformance window
  const bitDepth = 8 + Math.max(bits.golomb(), bits.golomb());
  const isSound = !bits.isPastEnd && width > 0 && height > 0 && chroma <= 3 && bitDepth <= 16;
  return isSound ? { width, height, chroma, bitDepth } : undefined;
}

/** §7.3.3: 88 bits of profile and 8 of level, of the whole and, where flagged, of each sub-layer. */
function skipProfile(bits: Bits, subLayers: number): void {
  bits.skip(96);
  const present = Array.from({ length: subLayers }, () => [bits.read(1), bits.read(1)]);
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  for (const [profile, level] of present) bits.skip((profile ? 88 : 0) + (level ? 8 : 0));
}

/** Bits of a NAL unit, without the bytes that keep start codes out of it (§7.3.1.1). */
class Bits {
  readonly #reader: Reader;
  readonly #end: number;
  #at: number;
  #bit = 0;
  #zeros = 0;

  constructor(reader: Reader, start: number, end: number) {
    this.#reader = reader;
    this.#at = start;
    this.#end = end;
  }

  get isPastEnd(): boolean {
    return this.#at > this.#end;
  }

  #next(): number {
    if (this.#bit === 0 && this.#zeros >= 2 && this.#reader.u8(this.#at) === 3) {
      this.#at++;
      this.#zeros = 0;
    }
    const byte = this.#at < this.#end ? this.#reader.u8(this.#at) : 0;
    const value = (byte >> (7 - this.#bit)) & 1;
    if (++this.#bit === 8) {
      this.#bit = 0;
      this.#at++;
      this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    }
    return value;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.#next();
    return value;
  }

  skip(count: number): void {
    for (let i = 0; i < count; i++) this.#next();
  }

  /** ue(v), §9.2. */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.#next() === 0) zeros++;
    return 2 ** zeros - 1 + this.read(zeros);
  }
}
