/**
 * AVIF's scale beside JPEG's, by equal PSNR of MozJPEG and of libaom at this speed on a photo at 768 × 512: the AVIF file of the pair
 * has half to four fifths of the bytes.
 */
const SAME_LOOK: readonly (readonly [jpeg: number, avif: number])[] = [
  [1, 5],
  [15, 20],
  [30, 33],
  [50, 42],
  [70, 50],
  [85, 65],
  [95, 84],
  [100, 100],
];

/** AVIF's quality, 0–100, that looks like JPEG's. */
export function avifQuality(jpegQuality: number): number {
  const next = Math.max(
    1,
    SAME_LOOK.findIndex(([jpeg]) => jpeg >= jpegQuality),
  );
  const [fromJpeg, fromAvif] = SAME_LOOK[next - 1] as readonly [number, number];
  const [toJpeg, toAvif] = SAME_LOOK[next] as readonly [number, number];
  return Math.round(fromAvif + ((jpegQuality - fromJpeg) / (toJpeg - fromJpeg)) * (toAvif - fromAvif));
}
