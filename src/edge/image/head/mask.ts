import { HEAD_SIDE } from "./face.ts";
import { smoothstep } from "./heads.ts";

/** Of the distance from an aligned head's middle to its border: up to there nothing but the head is seen. */
const CORE = 0.6;

/**
 * How much of an aligned head is seen at a place of it: all, 1, in a rounded square (a superellipse) around its middle, nothing at its border
 * and beyond, and falling smoothly between.
 */
export function headMask(x: number, y: number): number {
  const across = (x / HEAD_SIDE - 0.5) * 2;
  const down = (y / HEAD_SIDE - 0.5) * 2;
  return smoothstep((1 - (across ** 4 + down ** 4) ** 0.25) / (1 - CORE));
}
