import type { Reader } from "../../source/probe/bytes.ts";
import { DecodeError } from "../pixels.ts";

const LONGEST_CODE = 12;
const TABLE = 1 << LONGEST_CODE;

/**
 * Undoes GIF's variant of LZW: one byte for each pixel. GIF89a appendix F.
 *
 * @param at where the code size stands, before the data's blocks
 * @throws DecodeError where the data is broken, or ends before the last pixel
 */
export function lzw(reader: Reader, at: number, pixels: number): Uint8Array {
  const literalBits = reader.u8(at);
  if (literalBits < 1 || literalBits > 8) throw new DecodeError("The GIF's code size is out of range.");
  const [clear, stop] = [1 << literalBits, (1 << literalBits) + 1];
  const output = new Uint8Array(pixels);
  const prefix = new Uint16Array(TABLE); // a code's string is that of its prefix and one byte more
  const suffix = new Uint8Array(TABLE);
  const length = new Uint16Array(TABLE);
  for (let code = 0; code < clear; code++) {
    suffix[code] = code;
    length[code] = 1;
  }
  const bits = new BlockBits(reader, at + 1);
  let [filled, next, width, previous] = [0, stop + 1, literalBits + 1, -1];
  while (filled < pixels) {
    const code = bits.read(width);
    if (code === undefined || code === stop) throw new DecodeError("The GIF's data ends too early.");
    if (code === clear) {
      [next, width, previous] = [stop + 1, literalBits + 1, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code >= clear))
      throw new DecodeError("The GIF's data is broken.");
    const isNew = code === next; // it stands for its predecessor and that one's first byte
    const known = isNew ? previous : code;
    const count = (length[known] as number) + (isNew ? 1 : 0);
    let to = filled + (length[known] as number) - 1;
    let from = known;
    for (let i = length[known] as number; i > 0; i--, to--) {
      if (to < pixels) output[to] = suffix[from] as number;
      if (i > 1) from = prefix[from] as number;
    }
    const first = suffix[from] as number;
    if (isNew && filled + count - 1 < pixels) output[filled + count - 1] = first;
    filled += count;
    if (previous >= 0 && next < TABLE) {
      prefix[next] = previous;
      suffix[next] = first;
      length[next] = (length[previous] as number) + 1;
      next++;
      if (next === 1 << width && width < LONGEST_CODE) width++;
    }
    previous = code;
  }
  return output;
}

/** Bits of a GIF's sub-blocks, lowest first. */
class BlockBits {
  readonly #reader: Reader;
  #at: number;
  #left = 0;
  #bits = 0;
  #count = 0;

  constructor(reader: Reader, at: number) {
    this.#reader = reader;
    this.#at = at;
  }

  /** Undefined where the blocks end. */
  read(width: number): number | undefined {
    while (this.#count < width) {
      if (this.#left === 0) {
        this.#left = this.#reader.u8(this.#at++);
        if (this.#left === 0) return undefined;
      }
      if (!this.#reader.has(this.#at, 1)) return undefined;
      this.#bits |= this.#reader.u8(this.#at++) << this.#count;
      this.#count += 8;
      this.#left--;
    }
    const value = this.#bits & ((1 << width) - 1);
    this.#bits >>>= width;
    this.#count -= width;
    return value;
  }
}
