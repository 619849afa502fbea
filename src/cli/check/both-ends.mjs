/**
 * Does work two pieces at a time, one from the list's front and one from its back, until they meet.
 *
 * @template Piece, Result
 * @param {readonly Piece[]} pieces
 * @param {(piece: Piece) => Promise<Result>} front
 * @param {(piece: Piece) => Promise<Result>} back
 * @returns {Promise<Result[]>} in the order of the pieces
 */
export async function fromBothEnds(pieces, front, back) {
  /** @type {Result[]} */
  const results = [];
  let [first, last] = [0, pieces.length - 1];
  const forwards = async () => {
    while (first <= last) {
      const at = first++;
      results[at] = await front(/** @type {Piece} */ (pieces[at]));
    }
  };
  const backwards = async () => {
    while (first <= last) {
      const at = last--;
      results[at] = await back(/** @type {Piece} */ (pieces[at]));
    }
  };
  await Promise.all([forwards(), backwards()]);
  return results;
}
