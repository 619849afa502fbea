import { Reader } from "../../source/probe/bytes.ts";
import { readBitstream } from "../../source/probe/webp.ts";
import { joined, latin, u32le } from "../bytes.ts";
import { extendedHeader, HAS_ALPHA, HAS_XMP, webpFile } from "../webp-file.ts";
import { PACKET } from "./packet.ts";

const HEAD = 12;

/** A chunk behind the picture, for which the file must have the extended header. RFC 9649 §2.7. */
export function markWebp(file: Uint8Array): Uint8Array {
  const reader = new Reader(file);
  const isExtended = reader.is(HEAD, "VP8X");
  const chunks = isExtended ? file.slice(HEAD) : joined([headerOf(reader), file.subarray(HEAD)]);
  chunks[8] = (chunks[8] as number) | HAS_XMP;
  const padding = new Uint8Array(PACKET.length % 2);
  return webpFile([chunks, latin("XMP "), u32le(PACKET.length), PACKET, padding]);
}

function headerOf(reader: Reader): Uint8Array {
  const bitstream = readBitstream(reader, HEAD);
  if ("code" in bitstream) throw new Error(`libwebp's file is none: ${bitstream.detail}`);
  const { width, height, hasAlpha } = bitstream;
  return extendedHeader(hasAlpha ? HAS_ALPHA : 0, width, height);
}
