import type { OutputFormat } from "../../src/contract/transform.ts";
import type { Pixels } from "../../src/edge/image/pixels.ts";
import type { ProbeResult } from "../../src/edge/source/probe/types.ts";

/** What of the Worker's code for pictures runs as well in Node, whose types it was not written against. */
type Image = {
  encode(
    pixels: Pixels,
    format: OutputFormat,
    quality: number,
    options?: { marker: boolean },
  ): Promise<Uint8Array>;
  decode(
    bytes: Uint8Array,
    probed: ProbeResult & { ok: true },
    target: { longSide: number },
  ): Promise<Pixels>;
};

type Resize = { resize(pixels: Pixels, width: number, height: number): Promise<Pixels> };
type Probe = { probe(bytes: Uint8Array): ProbeResult };

const edge = (name: string) => import(new URL(`../../src/edge/${name}`, import.meta.url).href);

export const { encode, decode }: Image = await edge("image/index.ts");
export const { resize }: Resize = await edge("image/resize.ts");
export const { probe }: Probe = await edge("source/probe.ts");
