/** Columns beside each other, as wide as they must be; the last text that does not fit ends in "…". */
export function table(head: string[], rows: string[][], width = 80): string {
  const lines = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...lines.map((cells) => (cells[at] ?? "").length)));
  const total = widths.reduce((sum, each) => sum + each + 2, -2);
  // The widest gives way.
  const widest = widths.indexOf(Math.max(...widths));
  if (total > width) widths[widest] = Math.max(8, (widths[widest] ?? 0) - (total - width));
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => fitted(cell, widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Names and what they are, one a line; those without are left out. */
export function facts(pairs: Record<string, string | undefined>): string {
  const known = Object.entries(pairs).filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

const fitted = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
