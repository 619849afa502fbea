import { Reader } from "./probe/bytes.ts";
import { corrupt, unsupported } from "./probe/failure.ts";
import { probeGif } from "./probe/gif.ts";
import { probeHeif } from "./probe/heif.ts";
import { probeJpeg } from "./probe/jpeg.ts";
import { MAX_PICTURE_BYTES, MAX_PICTURE_MIB, MAX_SOURCE_SIDE } from "./probe/limits.ts";
import { probePng } from "./probe/png.ts";
import { isHeif, sniffRefused } from "./probe/sniff.ts";
import type { ProbeResult } from "./probe/types.ts";
import { probeWebp } from "./probe/webp.ts";

export * from "./probe/limits.ts";
export type { Orientation, Probe, ProbeFailure, ProbeResult, SourceFormat } from "./probe/types.ts";

/**
 * Says from a picture's header what it is and whether this service will decode it, before anything is decoded. The format is
 * read from the bytes; names and content types are not asked. Work and memory are bounded whatever the bytes are, and it never
 * throws.
 *
 * @example
 * const probed = probe(bytes);
 * if (!probed.ok) return problem(probed.code, probed.detail);
 * const pixels = await decode(bytes, probed, { longSide: 768 });
 */
export function probe(bytes: Uint8Array): ProbeResult {
  if (bytes.length > MAX_PICTURE_BYTES) {
    return {
      ok: false,
      code: "picture_too_large",
      detail: `The picture has more than ${MAX_PICTURE_MIB} MiB.`,
    };
  }
  if (bytes.length === 0) return corrupt("The picture is empty.");
  const probed = probeFormat(new Reader(bytes));
  if (probed.ok && Math.max(probed.width, probed.height) > MAX_SOURCE_SIDE) {
    const size = `${probed.width} × ${probed.height}`;
    const detail = `The picture has ${size} pixels; a side may have ${MAX_SOURCE_SIDE}.`;
    return { ok: false, code: "too_many_pixels", detail };
  }
  return probed;
}

const KNOWN = "JPEG, PNG, WebP, GIF, AVIF and HEIC";

function probeFormat(reader: Reader): ProbeResult {
  if (reader.is(0, "\xff\xd8\xff")) return probeJpeg(reader);
  if (reader.is(0, "\x89PNG\r\n\x1a\n")) return probePng(reader);
  if (reader.is(0, "RIFF") && reader.is(8, "WEBP")) return probeWebp(reader);
  if (reader.is(0, "GIF87a") || reader.is(0, "GIF89a")) return probeGif(reader);
  if (isHeif(reader)) return probeHeif(reader);
  const name = sniffRefused(reader);
  return unsupported(`${name ? `This is ${name}; only` : "Only"} ${KNOWN} pictures are supported.`);
}
