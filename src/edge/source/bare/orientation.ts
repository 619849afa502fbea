import type { Orientation } from "../probe/types.ts";

/** The smallest TIFF block that says which way up a picture is, and nothing else: one entry of a SHORT. Exif 3.0 §4.6.5.1. */
export const orientationOnly = (orientation: Orientation): Uint8Array =>
  Uint8Array.of(
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8], // big endian, the first directory follows
    ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0], // no other directory
  );
