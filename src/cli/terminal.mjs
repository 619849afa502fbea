/** Seconds to people: "0.4 s", "73 s".
 *
 * @param {number} milliseconds
 */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;
}

/**
 * Prints "label … 3.2 s" around some work: to people, not into what a command was asked to print.
 *
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const start = performance.now();
  const { stderr, stdout } = process;
  const stream = stdout.isTTY ? stdout : stderr;
  stream.write(`${label} … `);
  try {
    const result = await work();
    stream.write(`${seconds(performance.now() - start)}\n`);
    return result;
  } catch (error) {
    stream.write("failed\n");
    throw error;
  }
}
