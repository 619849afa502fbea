/** Seconds to people: "0.4 s", "73 s".
 *
 * @param {number} milliseconds
 */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;
}

/** Text as a terminal shows it without breaking words; what is not written to one stays as it is.
 *
 * @param {string} text
 * @param {{ isTTY?: boolean, columns?: number }} stream that it goes to
 */
export function wrapped(text, { isTTY, columns }) {
  const width = columns || 80;
  return isTTY ? text.replace(/[^\n]+/g, (line) => folded(line, width)) : text;
}

/**
 * @param {string} line
 * @param {number} width
 */
function folded(line, width) {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const lines = [];
  let rest = line;
  while (rest.length > width) {
    const within = rest.lastIndexOf(" ", width);
    // A word that is too long, such as a URL, is left whole, to be copied.
    const at = within > indent.length ? within : rest.indexOf(" ", width);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest].join("\n");
}

/**
 * What others have written, on one line and without control characters, which a terminal would take for orders.
 *
 * @param {string} text
 */
export const printable = (text) => text.replace(/\p{Cc}/gu, "\ufffd");

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
