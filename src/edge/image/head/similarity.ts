/** In pixels, x to the right and y down; the middle of the first pixel is at 0.5, 0.5. */
export type Place = readonly [x: number, y: number];

/** Turns, scales and moves: (x, y) becomes (a·x − b·y + dx, b·x + a·y + dy). */
export type Similarity = { a: number; b: number; dx: number; dy: number };

export const apply = ({ a, b, dx, dy }: Similarity, [x, y]: Place): Place => [
  a * x - b * y + dx,
  b * x + a * y + dy,
];

/** Pixels there for a pixel here. */
export const scaleOf = ({ a, b }: Similarity): number => Math.hypot(a, b);

export function inverse({ a, b, dx, dy }: Similarity): Similarity {
  const square = a * a + b * b;
  const [turned, back] = [a / square, -b / square];
  return { a: turned, b: back, dx: -(turned * dx - back * dy), dy: -(back * dx + turned * dy) };
}

/**
 * The similarity that brings places closest to others, by least squares (Umeyama, PAMI 1991, in the plane, where it is a quotient of complex
 * numbers). Never mirrors.
 *
 * @returns undefined where all places are one
 */
export function closest(from: readonly Place[], to: readonly Place[]): Similarity | undefined {
  const [fromX, fromY] = centre(from);
  const [toX, toY] = centre(to);
  let [real, imaginary, square] = [0, 0, 0];
  for (const [i, [x, y]] of from.entries()) {
    const [u, v] = to[i] as Place;
    const [px, py, qx, qy] = [x - fromX, y - fromY, u - toX, v - toY];
    real += px * qx + py * qy;
    imaginary += px * qy - py * qx;
    square += px * px + py * py;
  }
  if (square === 0 || (real === 0 && imaginary === 0)) return undefined;
  const [a, b] = [real / square, imaginary / square];
  return { a, b, dx: toX - (a * fromX - b * fromY), dy: toY - (b * fromX + a * fromY) };
}

function centre(places: readonly Place[]): Place {
  let [sumX, sumY] = [0, 0];
  for (const [x, y] of places) {
    sumX += x;
    sumY += y;
  }
  return [sumX / places.length, sumY / places.length];
}
