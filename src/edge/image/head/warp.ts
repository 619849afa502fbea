import type { Size } from "../pixels.ts";
import { HEAD_SIDE } from "./face.ts";
import { headMask } from "./mask.ts";
import { inverse, type Similarity, scaleOf } from "./similarity.ts";

/** [height, width, 3], row major: as networks take and give pictures. */
export type Rgb = Size & { data: Uint8Array };

/**
 * Cuts out a head, upright and of HEAD_SIDE pixels square. Where that makes it smaller, each of its pixels is the mean of what it covers;
 * beyond the picture's border the picture goes on as its border is.
 *
 * @param alignment from the picture to the head
 * @param into HEAD_SIDE × HEAD_SIDE × 3 bytes
 */
export function cutHead(picture: Rgb, alignment: Similarity, into: Uint8Array): void {
  const toPicture = inverse(alignment);
  const steps = Math.ceil(scaleOf(toPicture) - 1e-9) || 1;
  const { a, b, dx, dy } = toPicture;
  const count = steps * steps;
  const samples = new Samples(picture);
  for (let y = 0, at = 0; y < HEAD_SIDE; y++) {
    for (let x = 0; x < HEAD_SIDE; x++, at += 3) {
      samples.clear();
      for (let j = 0; j < steps; j++) {
        const v = y + (j + 0.5) / steps;
        for (let i = 0; i < steps; i++) {
          const u = x + (i + 0.5) / steps;
          samples.add(a * u - b * v + dx, b * u + a * v + dy);
        }
      }
      into[at] = Math.round(samples.red / count);
      into[at + 1] = Math.round(samples.green / count);
      into[at + 2] = Math.round(samples.blue / count);
    }
  }
}

/** What bilinear interpolation gave at the places that were asked about, summed up: without an array, which the loops have no time for. */
class Samples {
  red = 0;
  green = 0;
  blue = 0;
  readonly #picture: Rgb;

  constructor(picture: Rgb) {
    this.#picture = picture;
  }

  clear(): void {
    this.red = this.green = this.blue = 0;
  }

  /** Beyond the border the picture goes on as its border is. */
  add(x: number, y: number): void {
    const { width, height, data } = this.#picture;
    const px = Math.min(Math.max(x - 0.5, 0), width - 1);
    const py = Math.min(Math.max(y - 0.5, 0), height - 1);
    const left = Math.floor(px);
    const top = Math.floor(py);
    const right = px - left;
    const below = py - top;
    const at00 = (top * width + left) * 3;
    const at10 = left + 1 < width ? at00 + 3 : at00;
    const down = top + 1 < height ? width * 3 : 0;
    const at01 = at00 + down;
    const at11 = at10 + down;
    const w00 = (1 - right) * (1 - below);
    const w10 = right * (1 - below);
    const w01 = (1 - right) * below;
    const w11 = right * below;
    this.red += at(data, at00) * w00 + at(data, at10) * w10 + at(data, at01) * w01 + at(data, at11) * w11;
    this.green +=
      at(data, at00 + 1) * w00 +
      at(data, at10 + 1) * w10 +
      at(data, at01 + 1) * w01 +
      at(data, at11 + 1) * w11;
    this.blue +=
      at(data, at00 + 2) * w00 +
      at(data, at10 + 2) * w10 +
      at(data, at01 + 2) * w01 +
      at(data, at11 + 2) * w11;
  }
}

const at = (data: Uint8Array, index: number) => data[index] as number;

/**
 * Lays a head back into the picture that it was cut from, in place, through its mask. Where the head is larger, each pixel of the picture
 * takes the mean of what it covers.
 *
 * @param head HEAD_SIDE × HEAD_SIDE × 3 bytes
 * @param alignment as it was cut out with
 * @param share 0–1: how much of the head is seen where the mask hides nothing
 */
export function layHead(picture: Rgb, head: Uint8Array, alignment: Similarity, share: number): void {
  const { width, data } = picture;
  const { a, b, dx, dy } = alignment;
  const steps = Math.ceil(scaleOf(alignment) - 1e-9) || 1;
  const count = steps * steps;
  const samples = new Samples({ width: HEAD_SIDE, height: HEAD_SIDE, data: head });
  const { left, top, right, bottom } = reach(alignment, picture);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const u = a * (x + 0.5) - b * (y + 0.5) + dx;
      const v = b * (x + 0.5) + a * (y + 0.5) + dy;
      const weight = share * headMask(u, v);
      if (weight <= 0) continue;
      samples.clear();
      for (let j = 0; j < steps; j++) {
        const py = y + (j + 0.5) / steps;
        for (let i = 0; i < steps; i++) {
          const px = x + (i + 0.5) / steps;
          samples.add(a * px - b * py + dx, b * px + a * py + dy);
        }
      }
      const at = (y * width + x) * 3;
      mixIn(data, at, samples.red / count, weight);
      mixIn(data, at + 1, samples.green / count, weight);
      mixIn(data, at + 2, samples.blue / count, weight);
    }
  }
}

function mixIn(data: Uint8Array, at: number, above: number, weight: number): void {
  const below = data[at] as number;
  data[at] = Math.round(below + (above - below) * weight);
}

/** The part of the picture that the head lies on. */
function reach(alignment: Similarity, { width, height }: Size) {
  const { a, b, dx, dy } = inverse(alignment);
  const corners = [0, HEAD_SIDE].flatMap((u) =>
    [0, HEAD_SIDE].map((v) => [a * u - b * v + dx, b * u + a * v + dy]),
  );
  const xs = corners.map(([x]) => x as number);
  const ys = corners.map(([, y]) => y as number);
  return {
    left: Math.max(0, Math.floor(Math.min(...xs))),
    top: Math.max(0, Math.floor(Math.min(...ys))),
    right: Math.min(width, Math.ceil(Math.max(...xs))),
    bottom: Math.min(height, Math.ceil(Math.max(...ys))),
  };
}
