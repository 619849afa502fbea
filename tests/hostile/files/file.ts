import type { ProblemCode } from "../../../src/contract/problem.ts";

/** What a file may be answered with: a picture drawn from it, or a problem that is the file's own. */
export type Verdict = "picture" | ProblemCode;

export type HostileFile = {
  /** Format and what is wrong with it; each name once. */
  name: string;
  make: () => Uint8Array;
  /** Any of these. */
  verdicts: readonly Verdict[];
  /** Text that no answer may contain. */
  payload?: string;
};

/** The file may be sound enough: then it is drawn, else it is the file that is blamed. */
export const ANY: readonly Verdict[] = [
  "picture",
  "corrupt_picture",
  "unsupported_format",
  "too_many_pixels",
];

export const PICTURE: readonly Verdict[] = ["picture"];
export const CORRUPT: readonly Verdict[] = ["corrupt_picture"];
export const UNSUPPORTED: readonly Verdict[] = ["unsupported_format"];
export const TOO_LARGE: readonly Verdict[] = ["too_many_pixels"];
export const TOO_SMALL: readonly Verdict[] = ["picture_too_small"];

/** Names → file and verdict, for tables. */
export const files = (
  format: string,
  table: Record<string, readonly [make: () => Uint8Array, verdicts: readonly Verdict[]]>,
): HostileFile[] =>
  Object.entries(table).map(([name, [make, verdicts]]) => ({ name: `${format}: ${name}`, make, verdicts }));

/** Bits into bytes, the lowest first, as WebP and GIF have them. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #count = 0;

  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) {
      this.#current |= ((value >>> i) & 1) << this.#count;
      if (++this.#count < 8) continue;
      this.#bytes.push(this.#current);
      [this.#current, this.#count] = [0, 0];
    }
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#count > 0 ? [...this.#bytes, this.#current] : this.#bytes);
  }
}
