/** The parts one after the other; a single one is given back as it is. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bounded reads: beyond the end they give zeros, never an exception or NaN. `has` tells an end from a zero. */
export class Reader {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }

  has(offset: number, count: number): boolean {
    return offset >= 0 && offset + count <= this.bytes.length;
  }

  u8(offset: number): number {
    return this.bytes[offset] ?? 0;
  }

  u16(offset: number, little = false): number {
    const [a, b] = [this.u8(offset), this.u8(offset + 1)];
    return little ? a | (b << 8) : (a << 8) | b;
  }

  u24le(offset: number): number {
    return this.u16(offset, true) | (this.u8(offset + 2) << 16);
  }

  u32(offset: number, little = false): number {
    const [a, b] = [this.u16(offset, little), this.u16(offset + 2, little)];
    return little ? b * 0x10000 + a : a * 0x10000 + b;
  }

  /** Exact up to 2^53. */
  u64(offset: number): number {
    return this.u32(offset) * 2 ** 32 + this.u32(offset + 4);
  }

  /** Whether these Latin-1 characters stand at the offset. */
  is(offset: number, text: string): boolean {
    if (!this.has(offset, text.length)) return false;
    for (let i = 0; i < text.length; i++) if (this.u8(offset + i) !== text.charCodeAt(i)) return false;
    return true;
  }

  /** A chunk's four-character code. */
  fourCc(offset: number): string {
    return String.fromCharCode(
      this.u8(offset),
      this.u8(offset + 1),
      this.u8(offset + 2),
      this.u8(offset + 3),
    );
  }
}
