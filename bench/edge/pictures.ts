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

/** Another file with the same pixels, for whoever would remember this one: bytes after the end of a JPEG count for nothing. */
export const another = (jpeg: Uint8Array, index: number): Uint8Array =>
  new Uint8Array([...jpeg, index >> 8, index & 255]);
