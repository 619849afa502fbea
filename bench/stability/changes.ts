import { brightened, jpeg, part, png, type Raster, raster, webp } from "./raster.ts";
import type { View } from "./view.ts";

/** A photo and the same one changed as little as a website or a camera changes one. */
export type Changed = {
  name: string;
  file: Buffer;
  /** As a decoder sees it. */
  pixels: Raster;
  /** The window of the changed photo that shows what `shared` of the first one shows. */
  places: View;
};

const SAME: View = { left: 0, top: 0, scale: 1 };

/** Pixels of the furthest shift: the networks halve a picture three times, so that their grid comes back to where it was. */
const FAR = 8;

/** A photo as it is uploaded first: the pixels of a JPEG of quality 85, less the last rows and columns, which the shifted ones have. */
export async function original(photo: Uint8Array): Promise<{ whole: Raster; first: Raster }> {
  const whole = await raster(await jpeg(await raster(photo), 85));
  return { whole, first: part(whole, 0, 0, whole.width - FAR, whole.height - FAR) };
}

/**
 * The first photo shifted to the left and upwards; compressed again; a little brighter.
 *
 * @param whole what `first` is all of but the last rows and columns
 */
export async function changesOf({ whole, first }: { whole: Raster; first: Raster }): Promise<Changed[]> {
  const shifted = async (by: number): Promise<Changed> => {
    const pixels = part(whole, by, by, first.width, first.height);
    return {
      name: `shifted ${by} px`,
      file: await png(pixels),
      pixels,
      places: { left: -by, top: -by, scale: 1 },
    };
  };
  const brighter = brightened(first, 1.02);
  const [again, other] = [await jpeg(first, 75), await webp(first, 80)];
  return [
    await shifted(1),
    await shifted(FAR),
    { name: "JPEG 85 → 75", file: again, pixels: await raster(again), places: SAME },
    { name: "WebP 80", file: other, pixels: await raster(other), places: SAME },
    { name: "2 % brighter", file: await png(brighter), pixels: brighter, places: SAME },
  ];
}
