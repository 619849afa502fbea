import { bareGif } from "./bare/gif.ts";
import { bareHeif } from "./bare/heif.ts";
import { bareJpeg } from "./bare/jpeg.ts";
import { barePng } from "./bare/png.ts";
import { bareWebp } from "./bare/webp.ts";
import { Reader } from "./probe/bytes.ts";
import { type Probe, type ProbeFailure, probe } from "./probe.ts";

/**
 * A picture's file with nothing in it but the picture: without Exif and its place and time, XMP, IPTC, comments, thumbnails, other software's
 * notes, and whatever stands behind the end. Nothing is encoded anew: the picture's own data, its colour profile and which way up it is stay as
 * they are, so that it decodes to the very same pixels.
 *
 * @param probed of these bytes
 * @returns a failure where the file is built so oddly that what is left would be another picture
 */
export function bare(
  bytes: Uint8Array,
  probed: Probe,
): { ok: true; bytes: Uint8Array<ArrayBuffer> } | ProbeFailure {
  const left = BY_FORMAT[probed.format](new Reader(bytes), probed);
  const again = probe(left);
  const isSame =
    again.ok &&
    again.format === probed.format &&
    again.width === probed.width &&
    again.height === probed.height &&
    again.orientation === probed.orientation &&
    again.hasAlpha === probed.hasAlpha;
  if (isSame) return { ok: true, bytes: left };
  const detail = "The file is built in a way from which its notes cannot be taken.";
  return { ok: false, code: "corrupt_picture", detail };
}

const BY_FORMAT: Record<Probe["format"], (reader: Reader, probed: Probe) => Uint8Array<ArrayBuffer>> = {
  jpeg: bareJpeg,
  png: barePng,
  webp: bareWebp,
  gif: bareGif,
  avif: bareHeif,
  heic: bareHeif,
};
