/**
 * Undoes a row's filter in place (PNG 3rd edition §9.2). Both rows begin with their filter type; the row above the first is zero.
 * False where the type is unknown.
 *
 * @param step bytes of a whole pixel, at least 1
 */
export function unfilter(line: Uint8Array, above: Uint8Array, step: number): boolean {
  switch (line[0]) {
    case 0:
      return true;
    case 1:
      for (let i = 1 + step; i < line.length; i++) line[i] = (line[i] as number) + (line[i - step] as number);
      return true;
    case 2:
      for (let i = 1; i < line.length; i++) line[i] = (line[i] as number) + (above[i] as number);
      return true;
    case 3:
      for (let i = 1; i < line.length; i++) {
        const left = i > step ? (line[i - step] as number) : 0;
        line[i] = (line[i] as number) + ((left + (above[i] as number)) >> 1);
      }
      return true;
    case 4:
      for (let i = 1; i < line.length; i++) {
        const hasLeft = i > step;
        const left = hasLeft ? (line[i - step] as number) : 0;
        const corner = hasLeft ? (above[i - step] as number) : 0;
        line[i] = (line[i] as number) + paeth(left, above[i] as number, corner);
      }
      return true;
    default:
      return false;
  }
}

/** Whichever neighbour is nearest to left + above − corner; in this order where they are equally near. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - corner - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
