import sharp from "sharp";

/** A baseline JPEG as cameras write it: the picture side by side with itself, as far as there is room. */
export async function cameraJpeg(picture: Buffer, width: number, height: number): Promise<Uint8Array> {
  const { width: side = 0, height: tall = 0 } = await sharp(picture).metadata();
  const tile = await sharp(picture)
    .extract({ left: 0, top: 0, width: Math.min(side, width), height: Math.min(tall, height) })
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: "white" } })
    .composite([{ input: tile, tile: true }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

/**
 * Another file with the same pixels, for whoever would remember this one: a JFIF header of its own tells another density. Bytes after the
 * end of the picture would be cut off where it is uploaded.
 */
export function another(jpeg: Uint8Array, index: number): Uint8Array {
  const header = Uint8Array.of(...SOI, ...APP0, 0, 16, ...JFIF, 1, 1, 1, 0, 0, 0, 1, 0, 0);
  new DataView(header.buffer).setUint16(DENSITY, index + 1); // no density is 0
  const isThere = JFIF.every((byte, at) => jpeg[6 + at] === byte);
  return new Uint8Array([
    ...header,
    ...jpeg.subarray(isThere ? 4 + ((jpeg[4] ?? 0) << 8) + (jpeg[5] ?? 0) : 2),
  ]);
}

const SOI = [0xff, 0xd8];
const APP0 = [0xff, 0xe0];
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0];
/** Where the header has the horizontal density. */
const DENSITY = 14;
