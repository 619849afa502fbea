import { writeColour } from "../../contract/transform/colour.ts";
import type { Backdrop } from "../../contract/transform.ts";
import { type Matte, peopleIn } from "../image/index.ts";
import type { Original } from "../source/record.ts";
import { planOf } from "./compose.ts";
import { tellFaces } from "./faces.ts";
import type { Master } from "./master.ts";
import type { Order } from "./order.ts";

/**
 * What `format=json` answers. `width`, `height` and `original` are Cloudflare Images'; the rest is what was done on the way: which network drew
 * at which size, and which part of its drawing the picture shows. docs/options.md describes the members.
 */
export function describe(
  master: Master,
  original: Original,
  order: Order,
  matte: Matte | undefined,
): Uint8Array {
  const { transform, style } = order;
  const { drawn, gravity } = planOf(master, order);
  const { crop, canvas } = drawn;
  const description = {
    ...canvas,
    limitedFrom: order.limitedFrom ?? null,
    original,
    style: { id: style.id, version: style.version },
    drawn: { width: master.picture.width, height: master.picture.height },
    crop,
    gravity: `${gravity.x}x${gravity.y}`,
    strength: transform.strength,
    faces: master.faces ? tellFaces(master.faces) : null,
    backdrop: spelled(transform.backdrop),
    people: matte ? Number(peopleIn(matte).toFixed(3)) : null,
  };
  return new TextEncoder().encode(JSON.stringify(description));
}

const spelled = (backdrop: Backdrop) =>
  typeof backdrop === "string"
    ? backdrop
    : backdrop[3] === 0
      ? "transparent"
      : writeColour(backdrop).replace("%23", "#");
