import type { Reader } from "./bytes.ts";
import { MAX_SEGMENTS } from "./limits.ts";

/** A marker segment without its marker and length. ITU-T T.81 §B.1.1.4. */
type Segment = { marker: number; start: number; end: number };

const SOS = 0xda;
const EOI = 0xd9;

/** The segments before the first scan, of a JPEG that the probe let through. */
export function* segments(reader: Reader): Generator<Segment> {
  let at = 2;
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    at = reader.bytes.indexOf(0xff, at);
    if (at < 0) return;
    while (reader.u8(at) === 0xff) at++;
    const marker = reader.u8(at++);
    if (marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const end = at + reader.u16(at);
    if (marker === SOS || marker === EOI || end < at + 2 || end > reader.length) return;
    yield { marker, start: at + 2, end };
    at = end;
  }
}
