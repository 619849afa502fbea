import type { Reader } from "./bytes.ts";

/** Formats that a user may well send and that are refused by their name. The name goes into the message. */
export function sniffRefused(reader: Reader): string | undefined {
  if (reader.is(4, "ftyp")) return "a video or another ISO media file";
  if (reader.is(0, "II*\0") || reader.is(0, "MM\0*")) return "TIFF";
  if (reader.is(0, "BM")) return "BMP";
  if (reader.is(0, "\0\0\x01\0") || reader.is(0, "\0\0\x02\0")) return "an icon";
  if (reader.is(0, "\xff\x0a") || reader.is(4, "JXL \r\n")) return "JPEG XL";
  if (reader.is(4, "jP  \r\n") || reader.is(0, "\xff\x4f\xff\x51")) return "JPEG 2000";
  if (reader.is(0, "8BPS")) return "a Photoshop document";
  if (reader.is(0, "%PDF")) return "PDF";
  if (reader.is(0, "qoif")) return "QOI";
  return textual(reader);
}

/** Brands of files with still pictures, ISO/IEC 23008-12 annex B, AVIF §6; which codec they have their items tell. */
const STILL_BRANDS = /^(?:mif[12]|hei[cxms]|avif|Mi(?:HE|HB|AB)|MA1[AB])$/;

/** Sequences and bursts, which hold a still picture besides, name themselves first. */
const SEQUENCE_BRANDS = /^(?:msf1|hev[cx]|avis)$/;

/** Brands listed beside the major one. Real files have about ten. */
const MAX_BRANDS = 64;

/** Whether an ISO base media file says that it holds still pictures. */
export function isHeif(reader: Reader): boolean {
  if (!reader.is(4, "ftyp")) return false;
  if (SEQUENCE_BRANDS.test(reader.fourCc(8))) return true; // the others may lie beyond what has arrived yet
  const end = Math.min(reader.u32(0), reader.length, 16 + 4 * MAX_BRANDS);
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4)
    if (STILL_BRANDS.test(reader.fourCc(at))) return true;
  return false;
}

function textual(reader: Reader): string | undefined {
  const head = String.fromCharCode(...reader.bytes.subarray(0, 1024)).toLowerCase();
  if (/<svg[\s>]/.test(head)) return "SVG";
  if (/^[\s\xef\xbb\xbf]*<(!doctype html|html|head|body)/.test(head)) return "an HTML page";
  if (/^[\s\xef\xbb\xbf]*<\?xml/.test(head)) return "XML";
  return undefined;
}
