import { Reader } from "../../source/probe/bytes.ts";
import { readBitstream } from "../../source/probe/webp.ts";
import { joined, latin, u8, u32le } from "./bytes.ts";
import { PACKET } from "./packet.ts";

const HEAD = 12;
const HAS_XMP = 0x04;
const HAS_ALPHA = 0x10;

/** A chunk behind the picture, for which the file must have the extended header. RFC 9649 §2.7. */
export function markWebp(file: Uint8Array): Uint8Array {
  const reader = new Reader(file);
  const isExtended = reader.is(HEAD, "VP8X");
  const chunks = isExtended ? file.slice(HEAD) : joined([extendedHeader(reader), file.subarray(HEAD)]);
  chunks[8] = (chunks[8] as number) | HAS_XMP;
  const padding = new Uint8Array(PACKET.length % 2);
  const body = joined([latin("WEBP"), chunks, latin("XMP "), u32le(PACKET.length), PACKET, padding]);
  return joined([latin("RIFF"), u32le(body.length), body]);
}

function extendedHeader(reader: Reader): Uint8Array {
  const bitstream = readBitstream(reader, HEAD);
  if ("code" in bitstream) throw new Error(`libwebp's file is none: ${bitstream.detail}`);
  const { width, height, hasAlpha } = bitstream;
  const flags = u8(hasAlpha ? HAS_ALPHA : 0, 0, 0, 0);
  const u24le = (value: number) => u32le(value).subarray(0, 3);
  return joined([latin("VP8X"), u32le(10), flags, u24le(width - 1), u24le(height - 1)]);
}
