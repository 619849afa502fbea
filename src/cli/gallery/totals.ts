import type { Entry } from "./entry.ts";

export type Totals = {
  pictures: number;
  drawings: number;
  problems: number;
  faces: number;
  heads: number;
  /** Milliseconds of a drawing; NaN where there is none. */
  median: number;
  ninetieth: number;
};

export function totalsOf(entries: readonly Entry[]): Totals {
  const drawn = entries.flatMap(({ outcome }) => (outcome.kind === "drawn" ? [outcome] : []));
  const faces = drawn.flatMap((outcome) => outcome.faces ?? []);
  const times = drawn.map(({ took }) => took);
  return {
    pictures: entries.length,
    drawings: drawn.length,
    problems: entries.length - drawn.length,
    faces: faces.length,
    heads: faces.filter(({ drawn }) => drawn === "head").length,
    median: quantile(times, 0.5),
    ninetieth: quantile(times, 0.9),
  };
}

/** Between two values, as far as it lies from one to the other. @param part 0–1 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
