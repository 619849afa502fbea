import { percentile } from "../support/percentile.ts";
import type { Answer } from "./load.ts";
import type { Played } from "./phases.ts";

export const ENGINES = ["first", "second", "edge"] as const;

/** A phase as a row: who was served by which engine, how fast, and how long it took until the first drew again. */
export function rowOf({ phase, answers, recovery }: Played): string[] {
  return [phase.name, ...served(answers), recovery === undefined ? "" : `${(recovery / 1000).toFixed(1)} s`];
}

/** What the edge had drawn, asked for again once all was well. */
export const replacedRow = (answers: readonly Answer[]): string[] => [
  "the edge's, again",
  ...served(answers),
  "",
];

function served(answers: readonly Answer[]): string[] {
  const drawnBy = (engine: string) =>
    answers.filter((answer) => answer.status === 200 && answer.engine === engine).length;
  const failed = answers.filter(({ status }) => status !== 200).length;
  const durations = answers.map(({ duration }) => duration);
  const latency = (share: number) =>
    durations.length === 0 ? "" : String(Math.round(percentile(durations, share)));
  return [
    String(answers.length),
    ...ENGINES.map((engine) => String(drawnBy(engine))),
    String(failed),
    latency(0.5),
    latency(0.95),
  ];
}
