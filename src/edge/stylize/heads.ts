import { cutHead, HEAD_SIDE, type Head, layHead, type Rgb } from "../image/index.ts";
import { draw, MAX_BATCH } from "../inference/draw.ts";
import type { Inference } from "../inference/endpoint.ts";

/** Bytes of an aligned head. */
const HEAD_BYTES = HEAD_SIDE * HEAD_SIDE * 3;

/**
 * Draws heads by themselves, in as few calls as the model takes, and lays them into the drawing of the frame: the nearer ones, which are
 * larger, over those behind them. All of it has the endpoint's time together.
 *
 * @param photo what they are cut from
 * @param heads largest first
 * @returns another picture than `frame`
 * @throws what `draw` does
 */
export async function drawHeads(
  photo: Rgb,
  frame: Rgb,
  heads: readonly Head[],
  style: string,
  inference: Inference,
): Promise<Rgb> {
  const until = Date.now() + inference.timeout;
  const canvas = { ...frame, data: frame.data.slice() };
  const behindFirst = heads.toReversed();
  for (let from = 0; from < behindFirst.length; from += MAX_BATCH) {
    const batch = behindFirst.slice(from, from + MAX_BATCH);
    const part = (all: Uint8Array, i: number) => all.subarray(i * HEAD_BYTES, (i + 1) * HEAD_BYTES);
    const cut = new Uint8Array(batch.length * HEAD_BYTES);
    for (const [i, { alignment }] of batch.entries()) cutHead(photo, alignment, part(cut, i));
    const size = { width: HEAD_SIDE, height: HEAD_SIDE, count: batch.length };
    const drawn = await draw(cut, size, style, { ...inference, timeout: Math.max(1, until - Date.now()) });
    for (const [i, { alignment, share }] of batch.entries())
      layHead(canvas, part(drawn, i), alignment, share);
  }
  return canvas;
}
