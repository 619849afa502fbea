import type { Pixels } from "../../src/edge/image/pixels.ts";

const WINDOW = 7;

/** Pixels from one window to the next. */
const STEP = 3;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/**
 * Structural similarity of two pictures of one size (Wang et al. 2004, windows of 7 × 7 as in scikit-image), from -1 to 1: the mean over
 * red, green and blue, premultiplied so that invisible colours do not count, and alpha where there is any.
 */
export function ssim(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height) return Number.NaN;
  const isOpaque = [a, b].every(({ data }) => data.every((value, i) => i % 4 !== 3 || value === 255));
  const channels = isOpaque ? [0, 1, 2] : [0, 1, 2, 3];
  const each = channels.map((channel) =>
    mean(samplesOf(a, channel), samplesOf(b, channel), a.width, a.height),
  );
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

function samplesOf({ data }: Pixels, channel: number): Float64Array {
  const samples = new Float64Array(data.length / 4);
  for (let i = 0; i < samples.length; i++) {
    const value = data[4 * i + channel] as number;
    samples[i] = channel === 3 ? value : (value * (data[4 * i + 3] as number)) / 255;
  }
  return samples;
}

function mean(a: Float64Array, b: Float64Array, width: number, height: number): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y + WINDOW <= height; y += STEP) {
    for (let x = 0; x + WINDOW <= width; x += STEP, count++) sum += similarity(a, b, width, y * width + x);
  }
  return sum / count;
}

function similarity(a: Float64Array, b: Float64Array, width: number, from: number): number {
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row++) {
    for (let at = from + row * width, end = at + WINDOW; at < end; at++) {
      const [p, q] = [a[at] as number, b[at] as number];
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
    }
  }
  const n = WINDOW * WINDOW;
  const [ma, mb] = [sa / n, sb / n];
  const [va, vb, cov] = [saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}
