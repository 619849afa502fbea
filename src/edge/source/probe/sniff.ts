import type { Reader } from "./bytes.ts";

/** Formats that a user may well send and that are refused by their name. The name goes into the message. */
export function sniffRefused(reader: Reader): string | undefined {
  if (reader.is(0, "GIF8")) return "GIF";
  if (reader.is(4, "ftyp")) return isoBrand(reader);
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

/** ISO base media files say what they are in their major brand. */
function isoBrand(reader: Reader): string {
  const brand = reader.fourCc(8);
  if (brand === "avif" || brand === "avis") return "AVIF";
  if (["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"].includes(brand)) return "HEIC";
  return "a video or another ISO media file";
}

function textual(reader: Reader): string | undefined {
  const head = String.fromCharCode(...reader.bytes.subarray(0, 1024)).toLowerCase();
  if (/<svg[\s>]/.test(head)) return "SVG";
  if (/^[\s\xef\xbb\xbf]*<(!doctype html|html|head|body)/.test(head)) return "an HTML page";
  if (/^[\s\xef\xbb\xbf]*<\?xml/.test(head)) return "XML";
  return undefined;
}
