/** What is kept of a file, piece by piece, in one array of the size that it turns out to have. */
export class Pieces {
  readonly #bytes: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  length = 0;

  /** @param bytes of the file that is being copied */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A part of the file. */
  copy(start: number, end: number): void {
    this.add(this.#bytes.subarray(start, end));
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  joined(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
