import sharp from "sharp";

/** A square of a picture. */
export type Cell = { left: number; top: number; side: number };

/** Of the sample's 512 pixels: hair, face and some air. */
export const HEAD = { left: 120, top: 0, width: 208, height: 208 };

/** So many squares in rows. */
export function cellsOf(columns: number, rows: number, side: number): Cell[] {
  return Array.from({ length: columns * rows }, (_, i) => ({
    left: (i % columns) * side,
    top: Math.floor(i / columns) * side,
    side,
  }));
}

/** The sample's head in each of the squares, before a wall; a PNG. */
export async function group(
  sample: Uint8Array,
  width: number,
  height: number,
  cells: readonly Cell[],
): Promise<Buffer> {
  const head = await sharp(sample).extract(HEAD).png().toBuffer();
  const heads = await Promise.all(
    cells.map(async ({ left, top, side }) => ({
      input: await sharp(head).resize(side, side).png().toBuffer(),
      left,
      top,
    })),
  );
  const background = { r: 150, g: 160, b: 150 };
  return sharp({ create: { width, height, channels: 3, background } })
    .composite(heads)
    .png()
    .toBuffer();
}
