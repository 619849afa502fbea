import type { Span } from "./spans.ts";

/** Columns of the bars: as many as there is room for. */
const [NARROWEST, WIDEST] = [8, 32];

/** What of a span's attributes says something that its name and its place do not. */
const TOLD = [
  ...["http.response.status_code", "error.type", "stylegate.code", "stylegate.cached", "stylegate.engine"],
  ...["stylegate.reason", "stylegate.outcome", "stylegate.batch_size"],
];

type Row = { label: string; span: Span; words: string };

/**
 * One trace, a span a line below the one that it is in: what it is about, how long it took, when that was, as a bar, and what it says of itself; of its
 * service where that is another than above it.
 *
 * @param columns of the terminal: no line is longer
 */
export function treeOf(spans: readonly Span[], columns = 120): string {
  const start = Math.min(...spans.map((span) => span.start));
  const length = Math.max(...spans.map((span) => span.end)) - start;
  const known = new Set(spans.map(({ id }) => id));
  const rows: Row[] = [];
  // Once each: whoever sends spans may have one be its own parent, or another's child and parent.
  const left = new Set(spans);
  const visit = (parent: Span | undefined, indent: string, isChild: (span: Span) => boolean) => {
    const children = [...left]
      .filter(isChild)
      .sort((one, other) => one.start - other.start || other.end - one.end);
    for (const child of children) left.delete(child);
    const names = numbered(children.map(nameOf));
    children.forEach((span, at) => {
      const isLast = at === children.length - 1;
      const isTop = parent === undefined;
      const label = `${isTop ? "" : `${indent}${isLast ? "└ " : "├ "}`}${names[at]}`;
      rows.push({ label, span, words: wordsOf(span, parent) });
      visit(span, isTop ? "" : `${indent}${isLast ? "  " : "│ "}`, (other) => other.parent === span.id);
    });
  };
  visit(undefined, "", ({ parent }) => parent === undefined || !known.has(parent));
  for (const span of left) visit(undefined, "", (other) => other === span);
  const longest = Math.max(...rows.map(({ label }) => label.length));
  const said = Math.max(...rows.map(({ words }) => words.length));
  const around = longest + " 12345.6 ms ".length + "││ ".length;
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns - around - said));
  const lines = rows.map(({ label, span, words }) => {
    const took = `${(span.end - span.start).toFixed(1)} ms`.padStart(10);
    const bar = barOf((span.start - start) / length, (span.end - start) / length, width);
    return cut(`${label.padEnd(longest)} ${took} ${bar} ${words}`.trimEnd(), columns);
  });
  return lines.join("\n");
}

/** The span's name and what it is about: what is looked up, or who is asked. */
function nameOf({ name, attributes }: Span): string {
  const object = attributes.get("stylegate.object");
  const endpoint = attributes.get("stylegate.endpoint");
  return [name, ...(object ? [object] : []), ...(endpoint ? ["at", endpoint] : [])].join(" ");
}

/** Names beside each other, those that come twice with their number, as attempts at one endpoint do. */
function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return names.filter((other) => other === name).length > 1 ? `${name} #${number}` : name;
  });
}

const cut = (line: string, columns: number) =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;

/** @param from and @param to 0 to 1 of the trace's time; NaN where that took none, and anything where spans end before they begin */
function barOf(from: number, to: number, width: number): string {
  const columnAt = (share: number) => Math.min(1, Math.max(0, share || 0)) * width;
  const first = Math.min(width - 1, Math.floor(columnAt(from)));
  const count = Math.max(1, Math.round(columnAt(to)) - first);
  return `│${" ".repeat(first)}${"━".repeat(count)}`.padEnd(width + 1).concat("│");
}

function wordsOf({ service, isError, attributes }: Span, parent: Span | undefined): string {
  const told = TOLD.flatMap((name) => attributes.get(name) ?? []);
  return [...(service === parent?.service ? [] : [service]), ...(isError ? ["failed:"] : []), ...told].join(
    " ",
  );
}
