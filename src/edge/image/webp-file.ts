import { joined, latin, u8, u32le } from "./bytes.ts";

/** Flags of the extended header. */
export const HAS_ALPHA = 0x10;
export const HAS_XMP = 0x04;

/** The VP8X chunk that a file with more than one bitstream begins with. RFC 9649 §2.7. */
export function extendedHeader(flags: number, width: number, height: number): Uint8Array {
  return joined([latin("VP8X"), u32le(10), u8(flags, 0, 0, 0), u24le(width - 1), u24le(height - 1)]);
}

/** A file of these chunks, which are padded to even lengths already. */
export function webpFile(chunks: readonly Uint8Array[]): Uint8Array {
  const body = joined([latin("WEBP"), ...chunks]);
  return joined([latin("RIFF"), u32le(body.length), body]);
}

const u24le = (value: number) => u32le(value).subarray(0, 3);
