import type { Reader } from "./bytes.ts";
import { exifOrientation } from "./exif.ts";
import { corrupt, tooManyPixels, unsupported } from "./failure.ts";
import { EOI, isStandalone, markerEnd, SOS } from "./jpeg-segments.ts";
import { MAX_JPEG_PIXELS, MAX_JPEG_SCANS, MAX_PROGRESSIVE_BYTES, MAX_SEGMENTS } from "./limits.ts";
import type { Orientation, ProbeFailure, ProbeResult } from "./types.ts";

const TRUNCATED = corrupt("The JPEG ends inside its header.");
const PROGRESSIVE = 0xc2;

type Frame = {
  width: number;
  height: number;
  components: number;
  progressive: boolean;
  /** Bytes of all DCT coefficients at two each. */
  coefficientBytes: number;
};

/** Reads the marker segments up to the first scan. ITU-T T.81 annex B. */
export function probeJpeg(reader: Reader): ProbeResult {
  let frame: Frame | undefined;
  let orientation: Orientation | undefined;
  let offset = 2;
  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    offset = markerEnd(reader, offset);
    if (offset < 0) return TRUNCATED;
    const marker = reader.u8(offset - 1);
    if (isStandalone(marker)) continue;
    if (marker === EOI) return corrupt("The JPEG ends before its first scan.");
    const length = reader.u16(offset);
    if (!reader.has(offset, 2) || !reader.has(offset, length)) return TRUNCATED;
    if (length < 2) return corrupt("A JPEG segment has an impossible length.");
    if (marker === SOS) {
      if (!frame) return corrupt("The JPEG has a scan but no frame.");
      return judge(reader, frame, orientation ?? 1, offset);
    }
    const refused = refusal(marker);
    if (refused) return refused;
    if (isFrame(marker)) {
      if (frame) return corrupt("The JPEG has two frames.");
      const read = readFrame(reader, offset, length, marker === PROGRESSIVE);
      if ("code" in read) return read;
      frame = read;
    }
    if (marker === 0xe1 && !orientation && length >= 8 && reader.is(offset + 2, "Exif\0\0")) {
      orientation = exifOrientation(reader, offset + 8, offset + length);
    }
    offset += length;
  }
  return corrupt("The JPEG's header does not end.");
}

/** C4, C8 and CC share the range of the frame markers and are none. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function refusal(marker: number): ProbeFailure | undefined {
  if (marker === 0xde || (marker >= 0xc5 && marker <= 0xc7))
    return unsupported("Hierarchical JPEG is not supported.");
  if (marker === 0xc3) return unsupported("Lossless JPEG is not supported.");
  if (marker === 0xf7) return unsupported("JPEG-LS is not supported.");
  if (marker >= 0xc9 && marker <= 0xcf && isFrame(marker))
    return unsupported("JPEG with arithmetic coding is not supported.");
  return undefined;
}

function readFrame(
  reader: Reader,
  offset: number,
  length: number,
  progressive: boolean,
): Frame | ProbeFailure {
  if (length < 8) return corrupt("The JPEG's frame header is too short.");
  const precision = reader.u8(offset + 2);
  const height = reader.u16(offset + 3);
  const width = reader.u16(offset + 5);
  const components = reader.u8(offset + 7);
  if (precision !== 8) return unsupported(`JPEG with ${precision} bits a sample is not supported.`);
  if (width === 0 || height === 0) return corrupt("The JPEG's frame header gives no size.");
  if (components !== 1 && components !== 3 && components !== 4) {
    return unsupported(`JPEG with ${components} components is not supported.`);
  }
  if (length !== 8 + 3 * components) return corrupt("The JPEG's frame header has the wrong length.");
  const sampling = Array.from({ length: components }, (_, i) => reader.u8(offset + 9 + 3 * i));
  const across = Math.max(...sampling.map((factors) => factors >> 4));
  const down = Math.max(...sampling.map((factors) => factors & 15));
  if (sampling.some((factors) => factors >> 4 === 0 || (factors & 15) === 0) || across > 4 || down > 4) {
    return corrupt("The JPEG's sampling factors are out of range.");
  }
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  const blocks = sampling.reduce((sum, factors) => sum + units * (factors >> 4) * (factors & 15), 0);
  return { width, height, components, progressive, coefficientBytes: blocks * 64 * 2 };
}

function judge(reader: Reader, frame: Frame, orientation: Orientation, firstScan: number): ProbeResult {
  const { width, height, progressive } = frame;
  if (width * height > MAX_JPEG_PIXELS) return tooManyPixels(width, height, MAX_JPEG_PIXELS, "JPEG");
  if (progressive && frame.coefficientBytes + 2 * reader.length > MAX_PROGRESSIVE_BYTES) {
    return {
      ok: false,
      code: "too_many_pixels",
      detail: `A progressive JPEG of ${width} × ${height} pixels takes too much memory to decode; a baseline one would do.`,
    };
  }
  if (countScans(reader, firstScan) > MAX_JPEG_SCANS)
    return unsupported(`JPEG with more than ${MAX_JPEG_SCANS} scans is not supported.`);
  const { components, coefficientBytes } = frame;
  const planes = coefficientBytes / 2; // a byte each, where a coefficient has two
  const decoding = {
    always: progressive ? coefficientBytes : 0,
    samples: planes + width * height * components,
  };
  return { ok: true, format: "jpeg", width, height, orientation, hasAlpha: false, decoding };
}

/**
 * Walks from scan to scan up to the picture's end; stops counting one beyond the limit. What phones put behind the end, the video of a
 * motion photo, holds any bytes whatsoever and is not looked at.
 *
 * @param firstScan where the first scan's length stands
 */
function countScans(reader: Reader, firstScan: number): number {
  let scans = 1;
  let at = firstScan + reader.u16(firstScan);
  while (scans <= MAX_JPEG_SCANS) {
    at = markerEnd(reader, at);
    if (at < 0) break;
    const marker = reader.u8(at - 1);
    if (marker === EOI) break;
    if (isStandalone(marker)) continue;
    if (marker === SOS) scans++;
    at += reader.u16(at);
  }
  return scans;
}
