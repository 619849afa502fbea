import { Reader } from "../../../source/probe/bytes.ts";
import { SOS, segments } from "../../../source/probe/jpeg-segments.ts";
import { joined, u8, u16 } from "../../bytes.ts";
import type { Size } from "../../pixels.ts";
import { BitReader, type BitWriter, decoding, encoding, type HuffmanTable, shortest } from "./huffman.ts";

const [DHT, DQT, DRI] = [0xc4, 0xdb, 0xdd];

/** Frames of baseline and, for quantizers above 255, of extended sequential data. */
const isFrame = (marker: number) => marker === 0xc0 || marker === 0xc1;

type Component = { id: number; across: number; down: number; quantization: number };

/** A baseline JPEG in one scan of all its components, as our encoder writes it. */
export type Baseline = Size & {
  /** Its frame's marker. */
  frame: number;
  components: Component[];
  /** The segments of its quantization, whole. */
  quantization: Uint8Array;
  /** By class (0: DC, 1: AC) and number. */
  tables: ReadonlyMap<number, HuffmanTable>;
  /** Of each component, which tables of DC and AC it has. */
  uses: readonly { dc: number; ac: number }[];
  file: Uint8Array;
  /** Where the entropy-coded data begins. */
  data: number;
};

/** @throws Error where the file is none */
export function readBaseline(file: Uint8Array): Baseline {
  const reader = new Reader(file);
  const tables = new Map<number, HuffmanTable>();
  const quantization: Uint8Array[] = [];
  let [kind, frame, last] = [0, 0, 2];
  for (const { marker, start, end } of segments(reader)) {
    if (isFrame(marker)) [kind, frame] = [marker, start];
    if (marker === DQT) quantization.push(file.subarray(start - 4, end));
    if (marker === DHT) readTables(file.subarray(start, end), tables);
    last = end;
  }
  const scan = last + 4;
  const count = reader.u8(frame + 5);
  if (frame === 0 || reader.u8(last + 1) !== SOS || reader.u8(scan) !== count)
    throw new Error("The encoder's JPEG is not baseline in one scan.");
  const components = Array.from({ length: count }, (_, i) => {
    const at = frame + 6 + 3 * i;
    const sampling = reader.u8(at + 1);
    return { id: reader.u8(at), across: sampling >> 4, down: sampling & 15, quantization: reader.u8(at + 2) };
  });
  const uses = components.map((_, i) => {
    const tables = reader.u8(scan + 2 + 2 * i);
    return { dc: tables >> 4, ac: tables & 15 };
  });
  return {
    frame: kind,
    width: reader.u16(frame + 3),
    height: reader.u16(frame + 1),
    components,
    quantization: joined(quantization),
    tables,
    uses,
    file,
    data: last + 2 + reader.u16(last + 2),
  };
}

function readTables(bytes: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at < bytes.length; ) {
    const counts = bytes.subarray(at + 1, at + 17);
    const length = counts.reduce((sum, count) => sum + count, 0);
    tables.set(bytes[at] as number, { counts, symbols: bytes.subarray(at + 17, at + 17 + length) });
    at += 17 + length;
  }
}

/** How many minimum coded units a picture of the components has. */
export function unitsOf({ width, height }: Size, components: readonly Component[]): number {
  const across = Math.max(...components.map((component) => component.across));
  const down = Math.max(...components.map((component) => component.down));
  return Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
}

/** Lightness has codes of its own, the two colours share theirs: in the order of a DHT segment's numbers, DC's and AC's. */
const tableOf = (component: number, isAc: boolean) => (isAc ? 2 : 0) + (component === 0 ? 0 : 1);

const TABLES = [0x00, 0x01, 0x10, 0x11];

/** The codes with which all the files' data together is shortest, in the order of TABLES. */
export function commonTables(files: readonly Baseline[]): HuffmanTable[] {
  const counts = TABLES.map(() => new Uint32Array(256));
  for (const file of files)
    eachSymbol(file, (table, symbol) => {
      const own = counts[table] as Uint32Array;
      own[symbol] = (own[symbol] as number) + 1;
    });
  return counts.map(shortest);
}

/** Everything before the data of a file whose data is coded by these tables. */
export function headerOf(
  { width, height }: Size,
  { frame: kind, components, quantization }: Baseline,
  tables: readonly HuffmanTable[],
  unitsBetweenRestarts: number,
): Uint8Array {
  const frame = components.flatMap(({ id, across, down, quantization }) => [
    id,
    (across << 4) | down,
    quantization,
  ]);
  const huffman = tables.flatMap(({ counts, symbols }, i) => [u8(TABLES[i] as number), counts, symbols]);
  const scan = components.flatMap(({ id }, i) => [id, i === 0 ? 0x00 : 0x11]);
  return joined([
    u8(0xff, 0xd8),
    segment(0xe0, u8(0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0), u16(1), u16(1), u8(0, 0)), // JFIF 1.01
    quantization,
    segment(kind, u8(8), u16(height), u16(width), u8(components.length, ...frame)),
    segment(DHT, ...huffman),
    segment(DRI, u16(unitsBetweenRestarts)),
    segment(SOS, u8(components.length, ...scan, 0, 63, 0)),
  ]);
}

function segment(marker: number, ...parts: Uint8Array[]): Uint8Array {
  const body = joined(parts);
  return joined([u8(0xff, marker), u16(2 + body.length), body]);
}

/** Writes a file's data anew by other tables, which have a code for all of it: the same symbols, nothing is lost. */
export function recode(file: Baseline, tables: readonly HuffmanTable[], to: BitWriter): void {
  const codes = tables.map(encoding);
  eachSymbol(file, (table, symbol, extra) => {
    const code = (codes[table] as Uint32Array)[symbol] as number;
    to.put(code & 0xffff, code >>> 16);
    to.put(extra, symbol & 15);
  });
  to.flush();
}

/** @param take is given each symbol of the data, which table it is of, and the bits behind it, as many as its last four say */
function eachSymbol(file: Baseline, take: (table: number, symbol: number, extra: number) => void): void {
  const { components, tables, uses } = file;
  const blocks = components.flatMap(({ across, down }, i) => {
    const { dc, ac } = uses[i] as { dc: number; ac: number };
    const [dcTable, acTable] = [tables.get(dc), tables.get(0x10 | ac)];
    if (!dcTable || !acTable) throw new Error("The encoder's JPEG lacks a table.");
    const block = {
      dc: decoding(dcTable),
      ac: decoding(acTable),
      dcTable: tableOf(i, false),
      acTable: tableOf(i, true),
    };
    return Array<typeof block>(across * down).fill(block);
  });
  const from = new BitReader(file.file, file.data);
  for (let units = unitsOf(file, components); units > 0; units--) {
    for (const { dc, ac, dcTable, acTable } of blocks) {
      const size = from.symbol(dc);
      take(dcTable, size, from.take(size & 15));
      for (let k = 1; k < 64; k++) {
        const symbol = from.symbol(ac);
        take(acTable, symbol, from.take(symbol & 15));
        if (symbol === 0) break; // nothing but zeros follows
        k += symbol >> 4; // zeros before, or sixteen of them
      }
    }
  }
}
