import { type Turns, turned } from "./turn.ts";
import type { Rgb } from "./warp.ts";

/** Pixels of a tile's side at most: four of them make the largest picture that a detector takes. */
const MAX_TILE = 512;

const GRAY = 128;

/** Pictures side by side; a place in it belongs to the one whose tile it is in. */
export type Mosaic = { picture: Rgb; turnsAt: (x: number, y: number) => Turns | undefined };

/** A picture in its three other ways up, in one: whole, and smaller where there is no room. */
export function mosaicOf(picture: Rgb): Mosaic {
  const small = reduced(picture, Math.ceil(Math.max(picture.width, picture.height) / MAX_TILE));
  const tile = Math.max(small.width, small.height);
  const side = 2 * tile;
  const canvas = { width: side, height: side, data: new Uint8Array(side * side * 3).fill(GRAY) };
  const tiles = [1, 3, 2] as const;
  for (const [i, turns] of tiles.entries()) {
    place(turned(small, turns), canvas, (i % 2) * tile, Math.floor(i / 2) * tile);
  }
  const turnsAt = (x: number, y: number) => tiles[Math.floor(x / tile) + 2 * Math.floor(y / tile)];
  return { picture: canvas, turnsAt };
}

/** Each pixel is the mean of `factor` × `factor`; what is left over at the right and at the bottom is left out. */
function reduced({ width, height, data }: Rgb, factor: number): Rgb {
  if (factor === 1) return { width, height, data };
  const [w, h] = [Math.floor(width / factor), Math.floor(height / factor)];
  const result = new Uint8Array(w * h * 3);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < 3; c++, to++) {
        let sum = 0;
        for (let j = 0; j < factor; j++) {
          const row = ((y * factor + j) * width + x * factor) * 3 + c;
          for (let i = 0; i < factor; i++) sum += data[row + i * 3] as number;
        }
        result[to] = sum / (factor * factor);
      }
    }
  }
  return { width: w, height: h, data: result };
}

function place({ width, height, data }: Rgb, canvas: Rgb, left: number, top: number): void {
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * 3, (y + 1) * width * 3);
    canvas.data.set(row, ((top + y) * canvas.width + left) * 3);
  }
}
