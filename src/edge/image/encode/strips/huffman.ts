/** Huffman codes of sequential JPEG: ITU-T T.81 annexes C and K. */

/** How many codes there are of each length from 1 to 16, and what they stand for, the shortest first. As in a DHT segment. */
export type HuffmanTable = { counts: Uint8Array; symbols: Uint8Array };

/** Codes may have as many bits. */
const LONGEST = 16;

/** Lengths that may come out before the longest are shortened: counts would have to grow as Fibonacci's numbers do. */
const DEEPEST = 64;

/**
 * The codes with which data of these symbols is shortest, none of them of ones alone. T.81 §K.2.
 *
 * @param counts how often each of 256 symbols occurs, 1 or more in all
 */
export function shortest(counts: ArrayLike<number>): HuffmanTable {
  const weights = Float64Array.from({ length: 257 }, (_, symbol) =>
    symbol === 256 ? 1 : (counts[symbol] as number),
  );
  const lengths = new Uint8Array(257);
  const members: number[][] = Array.from(weights, (_, symbol) => [symbol]);
  for (;;) {
    const [least, next] = twoLeast(weights);
    if (next < 0) break;
    weights[least] = (weights[least] as number) + (weights[next] as number);
    weights[next] = 0;
    members[least] = [...(members[least] as number[]), ...(members[next] as number[])];
    for (const symbol of members[least]) lengths[symbol] = (lengths[symbol] as number) + 1;
  }
  const found = new Uint8Array(DEEPEST + 1);
  for (const length of lengths) if (length > 0) found[length] = (found[length] as number) + 1;
  shorten(found);
  const last = found.findLastIndex((count) => count > 0);
  found[last] = (found[last] as number) - 1; // the one that nothing stands for
  const symbols = Array.from({ length: 256 }, (_, symbol) => symbol).filter(
    (symbol) => lengths[symbol] !== 0,
  );
  symbols.sort((one, other) => (lengths[one] as number) - (lengths[other] as number) || one - other);
  return { counts: found.slice(1, LONGEST + 1), symbols: Uint8Array.from(symbols) };
}

/** Those of the least weight but 0, of equal ones the later; -1 where there is none. */
function twoLeast(weights: Float64Array): [least: number, next: number] {
  let [least, next] = [-1, -1];
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    if (least < 0 || weight <= (weights[least] as number)) [least, next] = [i, least];
    else if (next < 0 || weight <= (weights[next] as number)) next = i;
  }
  return [least, next];
}

/** Brings all codes to LONGEST bits at most: two of the longest go, a shorter one is split for them. */
function shorten(found: Uint8Array): void {
  const add = (length: number, count: number) => {
    found[length] = (found[length] as number) + count;
  };
  for (let length = DEEPEST; length > LONGEST; length--) {
    while ((found[length] as number) > 0) {
      let split = length - 2;
      while (found[split] === 0) split--;
      add(length, -2);
      add(length - 1, 1);
      add(split + 1, 2);
      add(split, -1);
    }
  }
}

/** Every code of a table with its length, in order. */
function* codes({
  counts,
  symbols,
}: HuffmanTable): Generator<{ symbol: number; code: number; length: number }> {
  let code = 0;
  let at = 0;
  for (let length = 1; length <= LONGEST; length++, code <<= 1)
    for (let i = 0; i < (counts[length - 1] as number); i++)
      yield { symbol: symbols[at++] as number, code: code++, length };
}

/** For any 16 bits: the length of the code that they begin with, times 256, and what it stands for. 0 where none does. */
export function decoding(table: HuffmanTable): Uint16Array {
  const found = new Uint16Array(65_536);
  for (const { symbol, code, length } of codes(table)) {
    const from = code << (16 - length);
    found.fill((length << 8) | symbol, from, from + (1 << (16 - length)));
  }
  return found;
}

/** For any symbol: its code's length, times 65,536, and its code. */
export function encoding(table: HuffmanTable): Uint32Array {
  const found = new Uint32Array(256);
  for (const { symbol, code, length } of codes(table)) found[symbol] = (length << 16) | code;
  return found;
}

/** Reads the bits of entropy-coded data, behind whose end there are zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  /** @throws RangeError where no code begins like that */
  symbol(table: Uint16Array): number {
    this.#fill();
    const found = table[(this.#bits >>> (this.#count - 16)) & 0xffff] as number;
    if (found === 0) throw new RangeError("The entropy-coded data has a code that is in no table.");
    this.#count -= found >> 8;
    return found & 255;
  }

  /** @param count 0 to 15 */
  take(count: number): number {
    this.#fill();
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at++] ?? 0;
      if (byte === 0xff) this.#at++; // a stuffed zero follows
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }
}

/** Writes the bits of entropy-coded data. */
export class BitWriter {
  #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  /** @param expected bytes, for which memory is taken at once */
  constructor(expected = 1 << 16) {
    this.#bytes = new Uint8Array(expected);
  }

  /** @param length 0 to 16 */
  put(bits: number, length: number): void {
    this.#bits = (this.#bits << length) | bits;
    this.#count += length;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#bits >>> this.#count) & 255;
      this.byte(byte);
      if (byte === 0xff) this.byte(0);
    }
  }

  /** Fills the last byte with ones. */
  flush(): void {
    if (this.#count > 0) this.put((1 << (8 - this.#count)) - 1, 8 - this.#count);
  }

  /** As it is, at the border of a byte. */
  byte(byte: number): void {
    if (this.#at === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#at++] = byte;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }
}
