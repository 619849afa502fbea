import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paint, psnr } from "../../../../../tests/fixtures/pictures/picture.ts";
import { probe } from "../../../source/probe.ts";
import { decode, encode, type Pixels } from "../../index.ts";
import { BitReader, BitWriter, decoding, encoding, shortest } from "./huffman.ts";
import { JpegStrips } from "./strips.ts";

/** Waves and some noise, so that there are coefficients of all kinds. */
const busy = (width: number, height: number): Pixels =>
  paint(width, height, (x, y) => {
    const noise = ((x * 7919 + y * 104_729) % 97) / 2;
    return [128 + 100 * Math.sin(x / 9), 128 + 100 * Math.cos(y / 13), (x + y + noise) % 256, 255];
  });

async function inStrips(pixels: Pixels, quality: number): Promise<Uint8Array> {
  const strips = new JpegStrips(pixels, quality);
  for (let y = 0; y < pixels.height; y++)
    await strips.push(pixels.data.subarray(y * pixels.width * 4, (y + 1) * pixels.width * 4));
  return strips.finish();
}

async function decoded(file: Uint8Array): Promise<Pixels> {
  const probed = probe(file);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(file, probed, { longSide: 8192 });
}

describe("a JPEG made strip by strip", () => {
  it.each([
    [64, 300, 95],
    [37, 130, 95],
    [200, 128, 100],
    [8, 1500, 90], // more strips than there are restart markers
  ])("of %i × %i at quality %i has the pixels of its strips", async (width, height, quality) => {
    const pixels = busy(width, height);
    const { data, ...size } = await decoded(await inStrips(pixels, quality));
    expect(size).toEqual({ width, height });
    for (let top = 0; top < height; top += 128) {
      const rows = { width, height: Math.min(128, height - top) };
      const part = pixels.data.slice(top * width * 4, (top + rows.height) * width * 4);
      const alone = await decoded(await encode({ ...rows, data: part }, "jpeg", quality));
      expect(data.subarray(top * width * 4, (top + rows.height) * width * 4)).toEqual(alone.data);
    }
  });

  it.each([30, 75, 85])("at quality %i looks like one that is made at once", async (quality) => {
    const pixels = busy(333, 421);
    const [strips, whole] = [await inStrips(pixels, quality), await encode(pixels, "jpeg", quality)];
    const loss = psnr(await decoded(whole), pixels) - psnr(await decoded(strips), pixels);
    expect(Math.abs(loss)).toBeLessThan(0.5);
    expect(strips.length / whole.length).toBeLessThan(1.25);
  });

  it("is none before its last row is there", () => {
    expect(() => new JpegStrips({ width: 8, height: 9 }, 80).finish()).toThrow("lacks rows");
  });
});

describe("Huffman codes", () => {
  /** Some of the symbols that there can be, with how often each occurs: of very different numbers too. */
  const counted = fc
    .array(fc.record({ symbol: fc.nat(255), power: fc.nat(26) }), { minLength: 1, maxLength: 60 })
    .map((entries) => {
      const counts = new Float64Array(256);
      for (const { symbol, power } of entries) counts[symbol] = 2 ** power;
      return counts;
    });

  it("are read as they are written, whatever lies between them", () => {
    fc.assert(
      fc.property(counted, fc.array(fc.nat()), (counts, seeds) => {
        const table = shortest(counts);
        const [codes, known] = [encoding(table), decoding(table)];
        const entries = seeds.map((seed) => {
          const symbol = table.symbols[seed % table.symbols.length] as number;
          return { symbol, extra: seed & ((1 << (symbol & 15)) - 1) };
        });
        const writer = new BitWriter();
        for (const { symbol, extra } of entries) {
          const code = codes[symbol] as number;
          writer.put(code & 0xffff, code >>> 16);
          writer.put(extra, symbol & 15);
        }
        writer.flush();
        const reader = new BitReader(writer.finish(), 0);
        for (const { symbol, extra } of entries) {
          expect(reader.symbol(known)).toBe(symbol);
          expect(reader.take(symbol & 15)).toBe(extra);
        }
      }),
    );
  });

  it("have 16 bits at most, none of ones alone, and the more frequent is never the longer", () => {
    fc.assert(
      fc.property(counted, (counts) => {
        const codes = encoding(shortest(counts));
        let frequent = { count: Number.POSITIVE_INFINITY, length: 0 };
        const order = Array.from(counts.keys()).sort((a, b) => (counts[b] as number) - (counts[a] as number));
        for (const symbol of order.filter((symbol) => counts[symbol] !== 0)) {
          const [count, code] = [counts[symbol] as number, codes[symbol] as number];
          const length = code >>> 16;
          expect(length).toBeGreaterThanOrEqual(1);
          expect(length).toBeLessThanOrEqual(16);
          expect(code & 0xffff).not.toBe((1 << length) - 1);
          if (count < frequent.count) expect(length).toBeGreaterThanOrEqual(frequent.length);
          frequent = { count, length: Math.max(length, frequent.length) };
        }
      }),
    );
  });

  it("that are in no table are found out", () => {
    const reader = new BitReader(Uint8Array.of(0xff, 0, 0xff, 0), 0);
    expect(() => reader.symbol(decoding(shortest([1, 2, 3, ...Array(253).fill(0)])))).toThrow(RangeError);
  });
});
