/** A place in a picture or in the room around it, from 0 at the left or top to 1 at the right or bottom, in thousandths. */
export type Point = { x: number; y: number };

/**
 * What a crop keeps. A point: as far into what is left over as it lies in the picture, so that 0 cuts nothing off the left or top, 1 nothing
 * off the right or bottom, and the point itself stays in sight. `auto` and `face`: looked for in the picture.
 */
export type Gravity = "auto" | "face" | Point;

export const CENTRE: Point = { x: 0.5, y: 0.5 };

const SIDES: Record<string, Point> = {
  center: CENTRE,
  left: { x: 0, y: 0.5 },
  right: { x: 1, y: 0.5 },
  top: { x: 0.5, y: 0 },
  bottom: { x: 0.5, y: 1 },
};

const FRACTION = "(0(?:\\.\\d{1,3})?|1(?:\\.0{1,3})?)";
const POINT = new RegExp(`^${FRACTION}x${FRACTION}$`);

export function readGravity(text: string): Gravity | undefined {
  if (text === "auto" || text === "face") return text;
  if (Object.hasOwn(SIDES, text)) return SIDES[text];
  const [, x, y] = POINT.exec(text) ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}

/** Sides as the points that they mean. */
export const writeGravity = (gravity: Gravity): string =>
  typeof gravity === "string" ? gravity : `${gravity.x}x${gravity.y}`;
