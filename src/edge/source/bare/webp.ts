import type { Reader } from "../probe/bytes.ts";
import type { Probe } from "../probe/types.ts";
import { orientationOnly } from "./orientation.ts";
import { Pieces } from "./pieces.ts";

const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

/** RFC 9649 §2.7: what makes the picture, its animation and its colours. */
const KEPT = new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);

/** Without Exif, XMP and unknown chunks; the flags that told of them say so. */
export function bareWebp(reader: Reader, { orientation }: Probe): Uint8Array<ArrayBuffer> {
  const pieces = new Pieces(reader.bytes);
  pieces.copy(0, 12);
  const end = Math.min(reader.length, evenly(8 + reader.u32(4, true)));
  let extended = -1;
  for (let at = 12; reader.has(at, 8); ) {
    const type = reader.fourCc(at);
    const next = Math.min(at + 8 + evenly(reader.u32(at + 4, true)), reader.length);
    if (at >= end && !isPicture(type)) break; // the size in the header is not always right
    if (KEPT.has(type)) {
      if (type === "VP8X" && extended < 0) extended = pieces.length;
      pieces.copy(at, next);
    }
    at = next;
  }
  if (extended >= 0 && orientation !== 1) pieces.add(exif(orientationOnly(orientation)));
  const bytes = pieces.joined();
  new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true);
  if (extended >= 0) {
    const flags = (bytes[extended + 8] ?? 0) & ~(HAS_EXIF | HAS_XMP);
    bytes[extended + 8] = orientation === 1 ? flags : flags | HAS_EXIF;
  }
  return bytes;
}

const isPicture = (type: string) => type === "VP8 " || type === "VP8L" || type === "ANMF";

const evenly = (length: number) => length + (length & 1);

/** @param block of an even length */
function exif(block: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + block.length);
  bytes.set([0x45, 0x58, 0x49, 0x46, block.length, 0, 0, 0]);
  bytes.set(block, 8);
  return bytes;
}
