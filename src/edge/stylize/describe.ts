import { ProblemError } from "../../contract/problem.ts";
import { type Pixels, uprightSize } from "../image/index.ts";
import { probe } from "../source/probe.ts";
import { planOf } from "./compose.ts";
import type { Order } from "./order.ts";

/** A source, as Cloudflare Images' `format=json` tells of it: bytes, upright pixels, media type. */
export type Original = { file_size: number; width: number; height: number; format: string };

/** @throws ProblemError where the bytes are no picture that can be drawn */
export function originalOf(bytes: Uint8Array): Original {
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  const size = uprightSize(probed, probed.orientation);
  return { file_size: bytes.length, ...size, format: `image/${probed.format}` };
}

/**
 * What `format=json` answers. `width`, `height` and `original` are Cloudflare Images'; the rest is what was done on the way: which network drew
 * at which size, and which part of its drawing the picture shows. docs/options.md describes the members.
 */
export function describe(master: Pixels, original: Original, order: Order): Uint8Array {
  const { transform, style } = order;
  const { crop, canvas, gravity } = planOf(master, order);
  const description = {
    ...canvas,
    original,
    style: { id: style.id, version: style.version },
    drawn: { width: master.width, height: master.height },
    crop,
    gravity: `${gravity.x}x${gravity.y}`,
    strength: transform.strength,
    faces: transform.faces,
    backdrop: transform.backdrop,
  };
  return new TextEncoder().encode(JSON.stringify(description));
}
