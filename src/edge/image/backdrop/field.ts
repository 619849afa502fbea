import type { Size } from "../pixels.ts";

/** Numbers on a grid, row by row. */
export type Field = Size & { values: Float32Array };

export const fieldOf = ({ width, height }: Size): Field => ({
  width,
  height,
  values: new Float32Array(width * height),
});

/** Means over squares of so many cells to each side, as far as they lie in the field; another field. */
export function averagedAround(field: Field, reach: number): Field {
  const { width, height } = field;
  const across = fieldOf(field);
  const down = fieldOf(field);
  for (let y = 0; y < height; y++) average(field.values, across.values, y * width, 1, width, reach);
  for (let x = 0; x < width; x++) average(across.values, down.values, x, width, height, reach);
  return down;
}

/** A running mean along one row or column, of `count` values `step` apart. */
function average(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  count: number,
  reach: number,
): void {
  let sum = 0;
  for (let i = 0; i < Math.min(reach, count); i++) sum += from[start + i * step] as number;
  for (let i = 0; i < count; i++) {
    if (i + reach < count) sum += from[start + (i + reach) * step] as number;
    if (i > reach) sum -= from[start + (i - reach - 1) * step] as number;
    const cells = Math.min(count, i + reach + 1) - Math.max(0, i - reach);
    to[start + i * step] = sum / cells;
  }
}

/** Where the pixels of a picture's row or column lie between the cells of a field: the cell before each, and the share of the next. */
export function between(pixels: number, cells: number): { cell: Uint32Array; share: Float32Array } {
  const cell = new Uint32Array(pixels);
  const share = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = Math.min(cells - 1, Math.max(0, ((i + 0.5) * cells) / pixels - 0.5));
    cell[i] = Math.min(Math.floor(at), Math.max(0, cells - 2));
    share[i] = at - (cell[i] as number);
  }
  return { cell, share };
}

/** One row of a field, between the rows of its cells, for every pixel across. */
export function rowOf(
  { values, width, height }: Field,
  row: number,
  rowShare: number,
  across: ReturnType<typeof between>,
  into: Float32Array,
): void {
  const above = row * width;
  const below = Math.min(row + 1, height - 1) * width;
  for (let x = 0; x < into.length; x++) {
    const left = across.cell[x] as number;
    const right = Math.min(left + 1, width - 1);
    const share = across.share[x] as number;
    const upper = (values[above + left] as number) * (1 - share) + (values[above + right] as number) * share;
    const lower = (values[below + left] as number) * (1 - share) + (values[below + right] as number) * share;
    into[x] = upper * (1 - rowShare) + lower * rowShare;
  }
}
