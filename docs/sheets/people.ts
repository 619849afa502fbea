import sharp from "sharp";

/** Where somebody stands in a scene: a square. */
export type Stand = { left: number; top: number; side: number };

/** People in a row, from the left to the right of a scene. */
export type Row = { count: number; side: number };

/** How somebody is cut out of a portrait: an oval without hard edges, or the photo as it is, like a picture on a wall. */
export type Cut = "oval" | "panel";

/**
 * Rows one behind the other, the first at the top and the last at the bottom of a scene. Where there is less room than they need they overlap;
 * where there is more, every second row is a little to the right.
 */
export function standsOf(rows: readonly Row[], width: number, height: number): Stand[] {
  const lowest = height - (rows.at(-1)?.side ?? 0);
  return rows.flatMap(({ count, side }, row) => {
    const top = rows.length === 1 ? lowest / 2 : (lowest * row) / (rows.length - 1);
    const pitch = count === 1 ? 0 : Math.min((width - side) / (count - 1), side * 1.15);
    const room = (width - pitch * (count - 1) - side) / 2;
    const start = room + (row % 2 === 1 ? Math.min(room, pitch / 3) : 0);
    return Array.from({ length: count }, (_, i) => {
      return { left: Math.round(start + i * pitch), top: Math.round(top), side };
    });
  });
}

/** A ground with people before it, those of later stands over those of earlier ones; a PNG. */
export async function peopled(
  ground: Buffer,
  portraits: readonly Uint8Array[],
  stands: readonly Stand[],
  cut: Cut,
): Promise<Buffer> {
  const people = await Promise.all(
    stands.map(async ({ left, top, side }, i) => ({
      input: await cutOut(portraits[i % portraits.length] as Uint8Array, side, cut),
      left,
      top,
    })),
  );
  return sharp(ground).composite(people).png().toBuffer();
}

async function cutOut(portrait: Uint8Array, side: number, cut: Cut): Promise<Buffer> {
  const square = sharp(portrait).resize(side, side, { fit: "cover", position: "top" });
  if (cut === "panel") return square.png().toBuffer();
  const oval = `<svg width="${side}" height="${side}"><defs><radialGradient id="g"><stop offset="0.82" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs><ellipse cx="50%" cy="50%" rx="46%" ry="50%" fill="url(#g)"/></svg>`;
  return square
    .ensureAlpha()
    .composite([{ input: Buffer.from(oval), blend: "dest-in" }])
    .png()
    .toBuffer();
}

/** A part of a photo of something else, out of focus; without one, a wall of two colours. */
export async function ground(
  scenery: Uint8Array | undefined,
  width: number,
  height: number,
): Promise<Buffer> {
  if (scenery)
    return sharp(scenery).resize(width, height, { fit: "cover" }).removeAlpha().blur(4).png().toBuffer();
  const wall = `<svg width="${width}" height="${height}"><linearGradient id="g" x2="0" y2="1"><stop stop-color="#9db4c0"/><stop offset="1" stop-color="#c2b280"/></linearGradient><rect width="100%" height="100%" fill="url(#g)"/></svg>`;
  return sharp(Buffer.from(wall)).removeAlpha().png().toBuffer();
}

/** Pixels: in a portrait of that size the head is small enough to be drawn by itself. */
const TURNED_SIDE = 400;

/** The portrait turned clockwise before a gray wall, all of it to be seen. */
export const turned = (portrait: Uint8Array, degrees: number): Promise<Buffer> =>
  sharp(portrait)
    .rotate(degrees, { background: "#9a9a96" })
    .resize(TURNED_SIDE, TURNED_SIDE, { fit: "contain", background: "#9a9a96" })
    .png()
    .toBuffer();
