/**
 * A table of Markdown.
 *
 * @param words how many of the first columns are text; the others are figures, which stand at the right
 */
export const markdown = (head: readonly string[], rows: readonly (readonly string[])[], words = 1): string =>
  [head, head.map((_, at) => (at < words ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
