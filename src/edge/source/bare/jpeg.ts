import type { Reader } from "../probe/bytes.ts";
import { EOI, isStandalone, markerEnd, SOS } from "../probe/jpeg-segments.ts";
import type { Probe } from "../probe/types.ts";
import { orientationOnly } from "./orientation.ts";
import { Pieces } from "./pieces.ts";

const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;

const SOI_BYTES = Uint8Array.of(0xff, 0xd8);
const EXIF = Uint8Array.from("Exif\0\0", (character) => character.charCodeAt(0));

/**
 * The tables, frames and scans up to the end of the picture. Of the application segments only those that say how its colours are meant: JFIF
 * without its thumbnail, Adobe's transform, the ICC profile. Behind the end lie a phone's other pictures, and videos.
 */
export function bareJpeg(reader: Reader, { orientation }: Probe): Uint8Array<ArrayBuffer> {
  const pieces = new Pieces(reader.bytes);
  pieces.add(SOI_BYTES);
  let [at, copied] = [2, 2];
  let hasOrientation = orientation === 1;
  for (;;) {
    const after = markerEnd(reader, at);
    if (after < 0) break;
    const marker = reader.u8(after - 1);
    if (isStandalone(marker)) {
      at = after;
      continue;
    }
    if (marker === EOI) {
      pieces.copy(copied, after);
      return pieces.joined();
    }
    const end = Math.min(after + reader.u16(after), reader.length);
    if (isNote(marker)) {
      const start = markerStart(reader, after);
      pieces.copy(copied, start);
      if (isKept(reader, marker, after)) pieces.copy(start, end);
      if (isJfif(reader, marker, after)) addJfif(after, pieces);
      copied = end;
    } else if (!hasOrientation && marker !== SOS) {
      pieces.copy(copied, markerStart(reader, after));
      addOrientation(orientationOnly(orientation), pieces);
      copied = markerStart(reader, after);
      hasOrientation = true;
    }
    at = end;
  }
  pieces.copy(copied, reader.length); // its end is missing, which a decoder may forgive
  return pieces.joined();
}

const isNote = (marker: number) => (marker >= APP0 && marker <= APP15) || marker === COMMENT;

/** Fill bytes before a marker go with it. */
function markerStart(reader: Reader, after: number): number {
  let start = after - 2;
  while (start > 2 && reader.u8(start - 1) === 0xff) start--;
  return start;
}

function isKept(reader: Reader, marker: number, after: number): boolean {
  if (marker === APP2) return reader.is(after + 2, "ICC_PROFILE\0");
  return marker === APP14 && reader.is(after + 2, "Adobe");
}

const isJfif = (reader: Reader, marker: number, after: number) =>
  marker === APP0 && reader.is(after + 2, "JFIF\0") && reader.u16(after) >= 16;

/** Version, units and densities, and a thumbnail of no pixels. */
function addJfif(after: number, pieces: Pieces): void {
  pieces.add(Uint8Array.of(0xff, APP0, 0, 16));
  pieces.copy(after + 2, after + 14);
  pieces.add(Uint8Array.of(0, 0));
}

function addOrientation(block: Uint8Array, pieces: Pieces): void {
  pieces.add(Uint8Array.of(0xff, APP1, 0, 2 + EXIF.length + block.length));
  pieces.add(EXIF);
  pieces.add(block);
}
