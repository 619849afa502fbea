/** What was deleted. */
export type Counts = {
  uploads: number;
  stylizations: number;
  pictures: number;
  masters: number;
  variants: number;
  mattes: number;
};

export const NOTHING: Counts = {
  uploads: 0,
  stylizations: 0,
  pictures: 0,
  masters: 0,
  variants: 0,
  mattes: 0,
};

export function sum(one: Counts, other: Partial<Counts>): Counts {
  const names = Object.keys(NOTHING) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + (other[name] ?? 0)])) as Counts;
}

/** Under which something is erased. */
export type Terms = {
  /** Whose it is. */
  owner: string;
  /** Milliseconds after which nothing that was being made meanwhile can still be stored: then it is looked for once more. */
  sweepAfter: number;
};
