import type { Reader } from "./bytes.ts";
import { MAX_SEGMENTS } from "./limits.ts";

/** A marker segment without its marker and length. ITU-T T.81 §B.1.1.4. */
type Segment = { marker: number; start: number; end: number };

export const SOS = 0xda;
export const EOI = 0xd9;

/** Where the next marker ends, of whose two bytes the second tells its kind; -1 where there is none. */
export function markerEnd(reader: Reader, from: number): number {
  let at = reader.bytes.indexOf(0xff, from);
  if (at < 0) return -1;
  while (reader.u8(at) === 0xff) at++; // any number of fill bytes may precede a marker
  return at + 1;
}

/** TEM, RST0–7 and SOI, and no marker at all, but a byte of entropy-coded data: no length follows. */
export const isStandalone = (marker: number): boolean =>
  marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** The segments before the first scan, of a JPEG that the probe let through. */
export function* segments(reader: Reader): Generator<Segment> {
  let at = 2;
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    at = markerEnd(reader, at);
    if (at < 0) return;
    const marker = reader.u8(at - 1);
    if (isStandalone(marker)) continue;
    const end = at + reader.u16(at);
    if (marker === SOS || marker === EOI || end < at + 2 || end > reader.length) return;
    yield { marker, start: at + 2, end };
    at = end;
  }
}
