import { type Fault, HANGING } from "./faulty-endpoint.ts";
import { type Answer, askFor, type Rate, steadily } from "./load.ts";
import type { Scene } from "./scene.ts";

/** What happens to the endpoints, until something else does. */
export type Phase = {
  name: string;
  first: Fault;
  second: Fault;
};

export const PHASES: readonly Phase[] = [
  { name: "all well", first: "none", second: "none" },
  { name: "first killed", first: "dead", second: "none" },
  { name: "  back", first: "none", second: "none" },
  { name: "first slow", first: "slow", second: "none" },
  { name: "  back", first: "none", second: "none" },
  { name: "one network hangs", first: "hanging", second: "none" },
  { name: "  back", first: "none", second: "none" },
  { name: "first lies", first: "lying", second: "none" },
  { name: "  back", first: "none", second: "none" },
  { name: "all gone", first: "dead", second: "dead" },
  { name: "  back", first: "none", second: "none" },
];

export type Played = {
  phase: Phase;
  answers: Answer[];
  /** Milliseconds from when all was well until a picture by the first endpoint was there; undefined where all is not. */
  recovery: number | undefined;
};

/** Milliseconds: longer than any pause that an endpoint is left alone for. */
const LONGEST_RECOVERY = 60_000;

/**
 * Plays a phase under steady load: as many requests as are wanted, and where all is well, on until the first endpoint draws again. It ends when
 * all are answered, so that each is one phase's.
 */
export async function play(phase: Phase, scene: Scene, load: Rate & { requests: number }): Promise<Played> {
  await Promise.all([scene.first.suffer(phase.first), scene.second.suffer(phase.second)]);
  const isWell = phase.first === "none" && phase.second === "none";
  const began = performance.now();
  const isRecovered = (answers: readonly Answer[]) => answers.some(({ engine }) => engine === "first");
  let asked = 0;
  const style = () => (phase.first === "hanging" && asked++ % 2 === 1 ? "toon" : HANGING);
  const answers = await steadily(
    () => askFor(scene.fresh(style()), scene.url),
    load,
    (sent, answers) =>
      sent >= load.requests &&
      (!isWell || isRecovered(answers) || performance.now() - began > LONGEST_RECOVERY),
  );
  const recovered = answers.filter(({ engine }) => engine === "first").map(({ at }) => at - began);
  return { phase, answers, recovery: isWell && recovered.length > 0 ? Math.min(...recovered) : undefined };
}

/** Asks again for what the edge drew. */
export const askAgain = (answers: readonly Answer[], scene: Scene, rate: Rate): Promise<Answer[]> => {
  const paths = answers.filter(({ isMarked }) => isMarked).map(({ path }) => path);
  if (paths.length === 0) return Promise.resolve([]);
  let next = 0;
  return steadily(
    () => askFor(paths[next++] ?? "", scene.url),
    rate,
    (sent) => sent >= paths.length,
  );
};
