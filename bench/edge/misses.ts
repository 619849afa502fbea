import { median } from "../../tests/support/percentile.ts";
import type { Workers } from "../../tests/support/workers.ts";
import { another } from "./pictures.ts";
import { upload } from "./service.ts";

const MISSES = 5;

/**
 * What the time of a picture that nobody has asked for before goes into.
 *
 * @returns milliseconds in all, the median
 */
export async function misses(what: string, picture: Uint8Array, workers: Workers): Promise<number> {
  const steps = new Map<string, number[]>();
  const add = (step: string, milliseconds: number) =>
    steps.set(step, [...(steps.get(step) ?? []), milliseconds]);
  for (let index = 0; index <= MISSES; index++) {
    const id = await upload(workers, another(picture, index));
    const began = performance.now();
    const answer = await fetch(`${workers.url}/image/style=handdrawn,width=640,format=jpeg/upload:${id}`);
    await answer.arrayBuffer();
    const total = performance.now() - began;
    const timing = answer.headers.get("Server-Timing") ?? "";
    if (!timing.includes("cache;desc=miss")) throw new Error(`no miss: ${answer.status} ${timing}`);
    if (index === 0) continue; // compiles the codecs
    add("in all", total);
    for (const [, step = "", duration] of timing.matchAll(/(\w+);dur=([\d.]+)/g)) add(step, Number(duration));
  }
  console.log(`\nA miss of a picture of ${what}, network on this CPU, median of ${MISSES}:`);
  for (const [step, all] of steps) console.log(`  ${step.padEnd(8)}${median(all).toFixed(0).padStart(6)} ms`);
  return median(steps.get("in all") ?? []);
}
