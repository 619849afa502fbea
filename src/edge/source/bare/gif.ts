import type { Reader } from "../probe/bytes.ts";
import { Pieces } from "./pieces.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;

/** Frames, and how they follow each other; without comments, XMP and what other software says. GIF89a §18–26. */
export function bareGif(reader: Reader): Uint8Array<ArrayBuffer> {
  const pieces = new Pieces(reader.bytes);
  let at = 13 + table(reader.u8(10));
  pieces.copy(0, at);
  while (reader.has(at, 1)) {
    const kind = reader.u8(at);
    if (kind !== EXTENSION && kind !== IMAGE) break;
    const data = kind === IMAGE ? at + 11 + table(reader.u8(at + 9)) : at + 2;
    const end = blocksEnd(reader, data);
    if (kind === IMAGE || isKept(reader, at)) pieces.copy(at, end);
    at = end;
  }
  if (reader.u8(at) === TRAILER) pieces.copy(at, at + 1);
  return pieces.joined();
}

/** How often an animation is shown is an application's word, of which all browsers know two. */
function isKept(reader: Reader, at: number): boolean {
  if (reader.u8(at + 1) === GRAPHIC_CONTROL) return true;
  const isLoop = reader.is(at + 3, "NETSCAPE2.0") || reader.is(at + 3, "ANIMEXTS1.0");
  return reader.u8(at + 1) === APPLICATION && isLoop;
}

const table = (flags: number) => ((flags & 0x80) !== 0 ? 3 * (2 << (flags & 7)) : 0);

function blocksEnd(reader: Reader, from: number): number {
  for (let at = from; reader.has(at, 1); ) {
    const length = reader.u8(at);
    at += 1 + length;
    if (length === 0) return Math.min(at, reader.length);
  }
  return reader.length;
}
