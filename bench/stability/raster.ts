import sharp from "sharp";

/** sRGB, [height, width, 3]. */
export type Raster = { width: number; height: number; data: Uint8Array };

export async function raster(picture: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(picture)
    .rotate()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

const withSharp = ({ width, height, data }: Raster) => sharp(data, { raw: { width, height, channels: 3 } });

export const png = (picture: Raster): Promise<Buffer> =>
  withSharp(picture).png({ compressionLevel: 3 }).toBuffer();

/** 4:2:0, as cameras and websites have it. */
export const jpeg = (picture: Raster, quality: number): Promise<Buffer> =>
  withSharp(picture).jpeg({ quality }).toBuffer();

export const webp = (picture: Raster, quality: number): Promise<Buffer> =>
  withSharp(picture).webp({ quality }).toBuffer();

export function part({ width, data }: Raster, left: number, top: number, wide: number, high: number): Raster {
  const cut = new Uint8Array(wide * high * 3);
  for (let y = 0; y < high; y++) {
    const from = ((top + y) * width + left) * 3;
    cut.set(data.subarray(from, from + wide * 3), y * wide * 3);
  }
  return { width: wide, height: high, data: cut };
}

/** @param factor of the sRGB values */
export const brightened = ({ width, height, data }: Raster, factor: number): Raster => ({
  width,
  height,
  data: data.map((value) => Math.min(255, Math.round(value * factor))),
});
