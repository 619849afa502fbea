import { Reader } from "../../source/probe/bytes.ts";
import { readCurve } from "./icc-curve.ts";
import { type ColourTable, readTable } from "./icc-table.ts";
import { lightOf } from "./lab.ts";
import { FROM_D50, IDENTITY, type Matrix, times } from "./matrix.ts";
import type { RgbSpace } from "./space.ts";
import type { Transfer } from "./transfer.ts";

/** What a profile says of samples: how to compute (RGB and gray), or what to look up (CMYK, and RGB of printers and scanners). */
export type Profile =
  | { kind: "computed"; space: RgbSpace }
  | { kind: "table"; channels: 3 | 4; table: ColourTable };

/** Bytes of a profile. Those of printing presses have up to 3 MB, all others some KB. */
export const MAX_PROFILE_BYTES = 4 * 1024 * 1024;

/** ICC.1 has about 50 tags in all; each is looked up by its place, so that more would only cost time. */
const MAX_TAGS = 100;

type Tags = Map<string, { at: number; bytes: number }>;

/**
 * Reads an ICC profile, version 2 or 4 (ICC.1:2022): primaries and curves, or a table of the types lut8 and lut16. Undefined where it is
 * broken or of another kind (lutAToB tables alone, named colours, device links): then it is as if the picture had none.
 */
export function parseIcc(bytes: Uint8Array): Profile | undefined {
  const reader = new Reader(bytes);
  if (bytes.length > MAX_PROFILE_BYTES || !reader.has(0, 132) || !reader.is(36, "acsp")) return undefined;
  const [space, connection] = [reader.fourCc(16), reader.fourCc(20)];
  if (connection !== "XYZ " && connection !== "Lab ") return undefined;
  const tags = readTags(reader);
  if (space === "GRAY") return grayProfile(reader, tags, connection);
  const channels = space === "RGB " ? 3 : space === "CMYK" ? 4 : undefined;
  if (!channels) return undefined;
  const computed = channels === 3 && connection === "XYZ " ? rgbProfile(reader, tags) : undefined;
  if (computed) return computed;
  const tag = tags.get("A2B0") ?? tags.get("A2B1");
  const table = tag && readTable(reader, tag, channels, connection);
  return table && { kind: "table", channels, table };
}

function readTags(reader: Reader): Tags {
  const tags: Tags = new Map();
  const count = Math.min(reader.u32(128), MAX_TAGS);
  for (let i = 0; i < count; i++) {
    const entry = 132 + 12 * i;
    const [at, bytes] = [reader.u32(entry + 4), reader.u32(entry + 8)];
    if (reader.has(entry, 12) && reader.has(at, bytes)) tags.set(reader.fourCc(entry), { at, bytes });
  }
  return tags;
}

function rgbProfile(reader: Reader, tags: Tags): Profile | undefined {
  const curves = ["rTRC", "gTRC", "bTRC"].map((name) => readCurve(reader, tags.get(name)));
  const columns = ["rXYZ", "gXYZ", "bXYZ"].map((name) => readXyz(reader, tags.get(name)));
  const [red, green, blue] = curves;
  const [r, g, b] = columns;
  if (!red || !green || !blue || !r || !g || !b) return undefined;
  const toXyz: Matrix = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]];
  return { kind: "computed", space: { curves: [red, green, blue], matrix: times(FROM_D50, toXyz) } };
}

/** §8.4.2, F.2: the curve gives light, or lightness where that is what the profile connects to. */
function grayProfile(reader: Reader, tags: Tags, connection: "XYZ " | "Lab "): Profile | undefined {
  const curve = readCurve(reader, tags.get("kTRC"));
  if (!curve) return undefined;
  const toLight: Transfer = connection === "Lab " ? (value) => lightOf(100 * curve(value)) : curve;
  return { kind: "computed", space: { curves: [toLight, toLight, toLight], matrix: IDENTITY } };
}

function readXyz(
  reader: Reader,
  tag: { at: number; bytes: number } | undefined,
): [number, number, number] | undefined {
  if (!tag || tag.bytes < 20 || !reader.is(tag.at, "XYZ ")) return undefined;
  const fixed = (at: number) => (reader.u32(at) | 0) / 65_536;
  return [fixed(tag.at + 8), fixed(tag.at + 12), fixed(tag.at + 16)];
}
