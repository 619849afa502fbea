import { alignment, enlargedFace, type Face, HEAD_SIDE, isPlausible } from "./face.ts";
import { type Similarity, scaleOf } from "./similarity.ts";

/** Pixels of a head's side in a picture below which there is nothing to be drawn better. */
const LEAST_SIDE = 12;

/**
 * How often larger than in the picture a head is, once aligned, for it to be drawn by itself: from FULL on it is all that is seen, at NONE the
 * frame is, and between them one fades into the other, so that a head that grows by a pixel does not jump from one drawing to the other.
 *
 * Seen on portraits and groups of 60, 15, 8 and 1 faces at 0.7 to 12 times in the styles handdrawn, toon and engraving: at 0.7 times the
 * head comes back softer than the frame has it, at 1 no difference is to be seen, at 1.4 eyes and mouths are clearly better, and
 * above 2 the frame has no eyes any more where the head has them.
 */
const NONE = 1;
const FULL = 1.25;

/** Of a face: how much of it, 0–1, is to be seen of a drawing of its own, and where that lies. */
export type Head = { face: Face; alignment: Similarity; share: number };

/**
 * The heads that are worth a drawing of their own, largest first.
 *
 * @param most the largest of them
 */
export function headsOf(faces: readonly Face[], most: number): Head[] {
  return faces
    .flatMap((face) => {
      const aligned = alignment(face);
      if (!aligned || !isPlausible(face)) return [];
      const scale = scaleOf(aligned);
      const share = smoothstep((scale - NONE) / (FULL - NONE));
      return share > 0 && HEAD_SIDE / scale >= LEAST_SIDE ? [{ face, alignment: aligned, share }] : [];
    })
    .sort((a, b) => scaleOf(a.alignment) - scaleOf(b.alignment))
    .slice(0, most);
}

/** The same head in the same picture of `times` the size: drawn no larger, it is cut from more pixels and laid over more. */
export const enlargedHead = ({ face, alignment: { a, b, dx, dy }, share }: Head, times: number): Head => ({
  face: enlargedFace(face, times),
  alignment: { a: a / times, b: b / times, dx, dy },
  share,
});

/** From 0 at 0 to 1 at 1, flat at both and beyond. */
export function smoothstep(at: number): number {
  const t = Math.min(1, Math.max(0, at));
  return t * t * (3 - 2 * t);
}
