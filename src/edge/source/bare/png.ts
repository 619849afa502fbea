import type { Reader } from "../probe/bytes.ts";
import type { Probe } from "../probe/types.ts";
import { orientationOnly } from "./orientation.ts";
import { Pieces } from "./pieces.ts";

/** Chunks that decide what the picture looks like, animations included (https://www.w3.org/TR/png-3/#11Chunks). */
const KEPT = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND", "tRNS"],
  ...["cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "pHYs"],
  ...["acTL", "fcTL", "fdAT"],
]);

const SIGNATURE = 8;

/** Chunks of pictures and colours up to the end; texts, times, Exif and what nobody knows are left out. */
export function barePng(reader: Reader, { orientation }: Probe): Uint8Array<ArrayBuffer> {
  const pieces = new Pieces(reader.bytes);
  pieces.copy(0, SIGNATURE);
  let at = SIGNATURE;
  while (reader.has(at, 8)) {
    const end = Math.min(at + 12 + reader.u32(at), reader.length);
    const type = reader.fourCc(at + 4);
    if (KEPT.has(type)) pieces.copy(at, end);
    if (type === "IHDR" && orientation !== 1) pieces.add(chunk("eXIf", orientationOnly(orientation)));
    if (type === "IEND") break;
    at = end;
  }
  return pieces.joined();
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let at = 0; at < 4; at++) bytes[4 + at] = type.charCodeAt(at);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** PNG 3rd edition, annex D, a bit at a time: it is for some thirty bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
