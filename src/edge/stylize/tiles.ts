import type { Rgb, Size } from "../image/index.ts";
import { draw, MAX_BATCH } from "../inference/draw.ts";
import type { Inference } from "../inference/endpoint.ts";

/** Pixels of a picture's longer side up to which it is drawn at once: what an endpoint's memory is asked for at most. */
const MAX_WHOLE = 1024;

/** Pixels of a tile's side at most. */
const TILE = 768;

/** Pixels that neighbours share. A third at each one's border is not used, where the network does not see enough around; over the middle one fades. */
const OVERLAP = 96;

/** Along one axis: where each tile begins, and how long all of them are. */
export type Cut = { length: number; starts: readonly number[] };

/** As few tiles as possible, of equal length, that share OVERLAP or a little more. */
export function cutAxis(length: number): Cut {
  const count = Math.max(1, Math.ceil((length - OVERLAP) / (TILE - OVERLAP)));
  const tile = Math.ceil((length + (count - 1) * OVERLAP) / count);
  const starts = Array.from({ length: count }, (_, i) =>
    Math.round((i * (length - tile)) / Math.max(1, count - 1)),
  );
  return { length: tile, starts };
}

/**
 * What each place of a tile counts: 0 towards a neighbour, then rising over the middle of what they share, 1 within. What two neighbours
 * count adds up to 1.
 */
export function weightsOf({ length, starts }: Cut, tile: number): Float32Array {
  const start = starts[tile] as number;
  const [before, after] = [starts[tile - 1], starts[tile + 1]];
  const rising = (at: number, from: number, to: number) => {
    const [low, high] = [from + (to - from) / 3, to - (to - from) / 3];
    return Math.min(1, Math.max(0, (at + 0.5 - low) / (high - low)));
  };
  return Float32Array.from({ length }, (_, i) => {
    const at = start + i;
    const left = before === undefined ? 1 : rising(at, start, before + length);
    const right = after === undefined ? 1 : 1 - rising(at, after, start + length);
    return left * right;
  });
}

/**
 * Has a style's network draw a picture of any size: at once, or in tiles, as few calls as the model takes, which are faded into each other. All of
 * it has the endpoint's time together.
 *
 * @returns [height, width, 3] sRGB bytes
 * @throws what `draw` does
 */
export async function drawFrame(picture: Rgb, style: string, inference: Inference): Promise<Uint8Array> {
  if (Math.max(picture.width, picture.height) <= MAX_WHOLE)
    return draw(picture.data, picture, style, inference);
  const until = Date.now() + inference.timeout;
  return drawTiles(picture, (tiles, size) =>
    draw(tiles, size, style, { ...inference, timeout: Math.max(1, until - Date.now()) }),
  );
}

/** @param drawBatch draws `count` tiles of one size, [count, height, width, 3] */
export async function drawTiles(
  picture: Rgb,
  drawBatch: (tiles: Uint8Array, size: Size & { count: number }) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { width } = picture;
  const [across, down] = [cutAxis(picture.width), cutAxis(picture.height)];
  const tiles = down.starts.flatMap((top, row) =>
    across.starts.map((left, column) => ({ left, top, row, column })),
  );
  const size = { width: across.length, height: down.length };
  const bytes = size.width * size.height * 3;
  const sums = new Float32Array(picture.data.length);
  for (let from = 0; from < tiles.length; from += MAX_BATCH) {
    const batch = tiles.slice(from, from + MAX_BATCH);
    const cut = new Uint8Array(batch.length * bytes);
    for (const [i, { left, top }] of batch.entries())
      eachRow(size, left, top, width, (at, inTile) =>
        cut.set(picture.data.subarray(at, at + size.width * 3), i * bytes + inTile),
      );
    const drawn = await drawBatch(cut, { ...size, count: batch.length });
    for (const [i, { left, top, row, column }] of batch.entries()) {
      const [x, y] = [weightsOf(across, column), weightsOf(down, row)];
      eachRow(size, left, top, width, (at, inTile, line) => {
        const share = y[line] as number;
        for (let k = 0; k < size.width * 3; k++) {
          const weight = share * (x[Math.floor(k / 3)] as number);
          sums[at + k] = (sums[at + k] as number) + weight * (drawn[i * bytes + inTile + k] as number);
        }
      });
    }
  }
  return Uint8Array.from(sums, Math.round);
}

/** Where each row of a tile begins, in the picture's bytes and in the tile's. */
function eachRow(
  { width, height }: Size,
  left: number,
  top: number,
  stride: number,
  take: (at: number, inTile: number, line: number) => void,
): void {
  for (let line = 0; line < height; line++) take(((top + line) * stride + left) * 3, line * width * 3, line);
}
