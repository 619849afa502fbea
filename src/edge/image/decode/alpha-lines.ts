/**
 * Gives a line of RGBA its transparency, which AVIF and HEIC code as a picture of its own.
 *
 * @param isPremultiplied whether colours were stored as dark as they are transparent
 * @param step bytes from one pixel's alpha to the next
 */
export function setAlpha(
  line: Uint8ClampedArray,
  alpha: ArrayLike<number>,
  isPremultiplied: boolean,
  step = 1,
): void {
  for (let i = 0, from = 0; i < line.length; i += 4, from += step) {
    const a = alpha[from] as number;
    line[i + 3] = a;
    if (isPremultiplied && a > 0) for (let c = i; c < i + 3; c++) line[c] = ((line[c] as number) * 255) / a;
  }
}
