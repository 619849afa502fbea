import type { Reader } from "../../source/probe/bytes.ts";
import type { Transfer } from "./transfer.ts";

/** Parameters of each kind of formula, ICC.1:2022 table 68. */
const PARAMETERS = [1, 3, 4, 5, 7];

/** A curve tag, of samples (§10.6) or of a formula (§10.18). Undefined where it is broken. */
export function readCurve(
  reader: Reader,
  tag: { at: number; bytes: number } | undefined,
): Transfer | undefined {
  if (!tag || tag.bytes < 12) return undefined;
  if (reader.is(tag.at, "curv")) return sampled(reader, tag);
  if (reader.is(tag.at, "para")) return formula(reader, tag);
  return undefined;
}

function sampled(reader: Reader, { at, bytes }: { at: number; bytes: number }): Transfer | undefined {
  const count = reader.u32(at + 8);
  if (count === 0) return (value) => value;
  if (12 + 2 * count > bytes) return undefined;
  if (count === 1) {
    const exponent = reader.u16(at + 12) / 256;
    return (value) => value ** exponent;
  }
  return (value) => interpolate((i) => reader.u16(at + 12 + 2 * i) / 65_535, count, value);
}

/** Between the two nearest of `count` entries that stand for 0 to 1. */
export function interpolate(entry: (i: number) => number, count: number, value: number): number {
  const place = Math.min(1, Math.max(0, value)) * (count - 1);
  const low = Math.min(count - 2, Math.floor(place));
  const from = entry(low);
  return from + (entry(low + 1) - from) * (place - low);
}

function formula(reader: Reader, { at, bytes }: { at: number; bytes: number }): Transfer | undefined {
  const kind = reader.u16(at + 8);
  const count = PARAMETERS[kind];
  if (count === undefined || 12 + 4 * count > bytes) return undefined;
  const values = Array.from({ length: count }, (_, i) => (reader.u32(at + 12 + 4 * i) | 0) / 65_536);
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = values;
  const power = (value: number) => Math.max(0, a * value + b) ** g;
  if (kind === 0) return power;
  if (kind === 1) return (value) => (value >= -b / a ? power(value) : 0);
  if (kind === 2) return (value) => (value >= -b / a ? power(value) : 0) + c;
  return (value) => (value >= d ? power(value) + e : c * value + f);
}
