import type { Span } from "./spans.ts";

/** Columns of the bars. */
const WIDTH = 32;

/** What of a span's attributes says something that its name and its place do not. */
const TOLD = [
  ...["http.response.status_code", "error.type", "stylegate.code", "stylegate.cached", "stylegate.engine"],
  ...["stylegate.endpoint", "stylegate.reason", "stylegate.outcome", "stylegate.batch_size"],
];

/** One trace, a span a line below the one that it is in: when it was, as a bar, how long it took, and what it says of itself. */
export function treeOf(spans: readonly Span[]): string {
  const start = Math.min(...spans.map((span) => span.start));
  const length = Math.max(...spans.map((span) => span.end)) - start;
  const known = new Set(spans.map(({ id }) => id));
  const rows: { label: string; span: Span }[] = [];
  const visit = (parent: string | undefined, indent: string) => {
    const children = spans
      .filter(
        (span) => (span.parent !== undefined && known.has(span.parent) ? span.parent : undefined) === parent,
      )
      .sort((one, other) => one.start - other.start || other.end - one.end);
    children.forEach((span, at) => {
      const isLast = at === children.length - 1;
      const isTop = parent === undefined;
      rows.push({ label: isTop ? span.name : `${indent}${isLast ? "└ " : "├ "}${span.name}`, span });
      visit(span.id, isTop ? "" : `${indent}${isLast ? "  " : "│ "}`);
    });
  };
  visit(undefined, "");
  const longest = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map(({ label, span }) => {
    const took = `${(span.end - span.start).toFixed(1)} ms`.padStart(11);
    const bar = barOf((span.start - start) / length, (span.end - start) / length);
    return `${label.padEnd(longest)} ${took} ${bar} ${wordsOf(span)}`.trimEnd();
  });
  return lines.join("\n");
}

/** @param from and @param to 0 to 1 of the trace's time; NaN where that took none */
function barOf(from: number, to: number): string {
  const first = Math.min(WIDTH - 1, Math.floor((from || 0) * WIDTH));
  const count = Math.max(1, Math.round((to || 0) * WIDTH) - first);
  return `│${" ".repeat(first)}${"━".repeat(count)}`.padEnd(WIDTH + 1).concat("│");
}

function wordsOf({ service, isError, attributes }: Span): string {
  const told = TOLD.flatMap((name) => attributes.get(name) ?? []);
  return [service, ...(isError ? ["failed:"] : []), ...told].join(" ");
}
