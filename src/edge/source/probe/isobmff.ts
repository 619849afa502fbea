import type { Reader } from "./bytes.ts";
import { MAX_SEGMENTS } from "./limits.ts";

/** A box of an ISO base media file. ISO/IEC 14496-12 §4.2. */
export type Box = {
  type: string;
  /** Where its header begins, its contents begin, and where it ends. */
  start: number;
  data: number;
  end: number;
};

/** A run of bytes of the file. */
export type Extent = { start: number; end: number };

/** The boxes between two places; what does not end inside is not given, and nothing after it. */
export function* boxes(reader: Reader, from: number, to: number): Generator<Box> {
  const last = Math.min(to, reader.length);
  let start = from;
  for (let count = 0; count < MAX_SEGMENTS && start + 8 <= last; count++) {
    let size = reader.u32(start);
    let data = start + 8;
    if (size === 1) {
      size = reader.u64(data);
      data += 8;
    } else if (size === 0) size = last - start; // to the end of the file
    const end = start + size;
    if (end < data || end > last) return;
    yield { type: reader.fourCc(start + 4), start, data, end };
    start = end;
  }
}

export function findBox(
  reader: Reader,
  within: { data: number; end: number },
  type: string,
): Box | undefined {
  for (const box of boxes(reader, within.data, within.end)) if (box.type === type) return box;
  return undefined;
}

/** Reads a box's fields one after the other; beyond its end they are zeros. */
export class Fields {
  readonly #reader: Reader;
  readonly end: number;
  at: number;

  constructor(reader: Reader, { data, end }: { data: number; end: number }) {
    this.#reader = reader;
    this.at = data;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** An unsigned number of 0, 1, 2, 3, 4 or 8 bytes. */
  uint(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i++)
      value = value * 256 + (this.at < this.end ? this.#reader.u8(this.at++) : 0);
    return value;
  }

  /** A full box's head. */
  version(): { version: number; flags: number } {
    return { version: this.uint(1), flags: this.uint(3) };
  }

  fourCc(): string {
    return String.fromCharCode(this.uint(1), this.uint(1), this.uint(1), this.uint(1));
  }
}
