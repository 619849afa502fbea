import type { Reader } from "./bytes.ts";
import { exifOrientation } from "./exif.ts";
import { corrupt, tooManyPixels } from "./failure.ts";
import { MAX_LOSSLESS_WEBP_PIXELS, MAX_PIXELS, MAX_SEGMENTS, MAX_TRANSPARENT_WEBP_PIXELS } from "./limits.ts";
import type { Orientation, ProbeFailure, ProbeResult } from "./types.ts";

const TRUNCATED = corrupt("The WebP ends inside its header.");
const HAS_EXIF = 0x08;
const HAS_ALPHA = 0x10;
const IS_ANIMATED = 0x02;

/** Bytes of an animation's frame (ANMF) before its chunks: place, size, duration, flags. RFC 9649 §2.7.1.1. */
export const FRAME_HEADER = 16;

/** RFC 9649 §2: a RIFF container with one VP8 or VP8L chunk, or with VP8X and chunks in some order. */
export function probeWebp(reader: Reader): ProbeResult {
  if (!reader.has(0, 20)) return TRUNCATED;
  const first = reader.fourCc(12);
  if (first === "VP8X") return probeExtended(reader);
  if (first !== "VP8 " && first !== "VP8L") return corrupt("The WebP does not begin with its picture.");
  const bitstream = readBitstream(reader, 12);
  if ("code" in bitstream) return bitstream;
  return judge({ ...bitstream, orientation: 1 });
}

type Bitstream = { width: number; height: number; hasAlpha: boolean; lossless: boolean };

/** The size that a VP8 (RFC 6386 §9.1) or VP8L (RFC 9649 §3.4) chunk at the offset gives itself. */
export function readBitstream(reader: Reader, chunk: number): Bitstream | ProbeFailure {
  const data = chunk + 8;
  if (!reader.has(data, 10)) return TRUNCATED;
  if (reader.is(chunk, "VP8L")) {
    if (reader.u8(data) !== 0x2f)
      return corrupt("The WebP's lossless data does not begin with its signature.");
    const bits = reader.u32(data + 1, true);
    if (bits >>> 29 !== 0) return corrupt("The WebP's lossless data is of an unknown version.");
    return {
      width: (bits & 0x3fff) + 1,
      height: ((bits >>> 14) & 0x3fff) + 1,
      hasAlpha: ((bits >>> 28) & 1) === 1,
      lossless: true,
    };
  }
  const isKeyFrame = (reader.u8(data) & 1) === 0;
  if (!isKeyFrame || !reader.is(data + 3, "\x9d\x01\x2a"))
    return corrupt("The WebP's data does not begin with a key frame.");
  const [width, height] = [reader.u16(data + 6, true) & 0x3fff, reader.u16(data + 8, true) & 0x3fff];
  if (width === 0 || height === 0) return corrupt("The WebP's frame header gives no size.");
  return { width, height, hasAlpha: false, lossless: false };
}

function probeExtended(reader: Reader): ProbeResult {
  if (!reader.has(20, 10) || reader.u32(16, true) < 10) return TRUNCATED;
  const flags = reader.u8(20);
  const width = reader.u24le(24) + 1;
  const height = reader.u24le(27) + 1;
  if (width * height > MAX_PIXELS) return tooManyPixels(width, height, MAX_PIXELS, "WebP");
  const isAnimated = (flags & IS_ANIMATED) !== 0;
  let orientation: Orientation | undefined;
  let hasPicture = false;
  let lossless = false;
  let hasAlpha = (flags & HAS_ALPHA) !== 0; // or an ALPH chunk, which libwebp decodes whatever the flag says
  let offset = 20 + evenly(reader.u32(16, true));
  for (let chunks = 0; chunks < MAX_SEGMENTS && reader.has(offset, 8); chunks++) {
    const length = reader.u32(offset + 4, true);
    const data = offset + 8;
    const type = reader.fourCc(offset);
    if (type === "VP8 " || type === "VP8L") {
      const bitstream = readBitstream(reader, offset);
      if ("code" in bitstream) return bitstream;
      if (!isAnimated && !hasPicture) {
        if (bitstream.width !== width || bitstream.height !== height) {
          return corrupt("The WebP's picture has another size than its canvas.");
        }
        lossless = bitstream.lossless;
        hasPicture = true;
      }
    } else if (type === "ALPH" && !isAnimated) {
      hasAlpha = true;
    } else if (type === "ANMF" && isAnimated && !hasPicture) {
      const picture = findChunk(reader, data + FRAME_HEADER, data + length, ["VP8 ", "VP8L"]);
      if (!picture) return corrupt("The WebP's first frame has no picture.");
      const bitstream = readBitstream(reader, picture.start);
      if ("code" in bitstream) return bitstream;
      lossless = bitstream.lossless;
      if (findChunk(reader, data + FRAME_HEADER, picture.start, ["ALPH"])) hasAlpha = true;
      hasPicture = true;
    } else if (type === "EXIF" && (flags & HAS_EXIF) !== 0 && reader.has(data, length)) {
      const tiff = reader.is(data, "Exif\0\0") ? data + 6 : data; // some writers keep JPEG's prefix
      orientation ??= exifOrientation(reader, tiff, data + length);
    }
    offset = data + evenly(length);
  }
  if (!hasPicture) return corrupt("The WebP has no picture data.");
  return judge({
    width,
    height,
    hasAlpha,
    lossless,
    orientation: orientation ?? 1,
  });
}

function judge(found: Bitstream & { orientation: Orientation }): ProbeResult {
  const { width, height, hasAlpha, lossless, orientation } = found;
  const [limit, what] = lossless
    ? ([MAX_LOSSLESS_WEBP_PIXELS, "lossless WebP"] as const)
    : hasAlpha
      ? ([MAX_TRANSPARENT_WEBP_PIXELS, "WebP with transparency"] as const)
      : ([MAX_PIXELS, "WebP"] as const);
  if (width * height > limit) return tooManyPixels(width, height, limit, what);
  return { ok: true, format: "webp", width, height, orientation, hasAlpha };
}

type Chunk = { type: string; start: number; end: number; data: number; length: number };

/** The first chunk of one of the types that begins inside the range; undefined where there is none, or where it ends outside. */
export function findChunk(reader: Reader, from: number, to: number, types: string[]): Chunk | undefined {
  let start = from;
  const last = Math.min(to, reader.length);
  for (let chunks = 0; chunks < MAX_SEGMENTS && start + 8 <= last; chunks++) {
    const length = reader.u32(start + 4, true);
    const data = start + 8;
    const end = data + evenly(length);
    const type = reader.fourCc(start);
    if (types.includes(type)) return end <= to ? { type, start, end, data, length } : undefined;
    start = end;
  }
  return undefined;
}

/** RIFF pads chunks to an even length. */
const evenly = (length: number) => length + (length % 2);
