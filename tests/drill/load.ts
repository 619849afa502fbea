import { setTimeout as pause } from "node:timers/promises";

/** What became of one request. */
export type Answer = {
  path: string;
  status: number;
  /** Which engine drew it, as `Server-Timing` says. */
  engine: string | undefined;
  /** Whether it says that the edge drew it. */
  isMarked: boolean;
  /** Milliseconds until all of it was there. */
  duration: number;
  /** When that was, by `performance.now()`. */
  at: number;
};

export async function askFor(path: string, url: string): Promise<Answer> {
  const began = performance.now();
  const answer = await fetch(url + path);
  await answer.arrayBuffer();
  const at = performance.now();
  const [, engine] = /engine;desc=([\w-]+)/.exec(answer.headers.get("Server-Timing") ?? "") ?? [];
  const isMarked = answer.headers.get("Stylegate-Engine") === "edge";
  return { path, status: answer.status, engine, isMarked, duration: at - began, at };
}

/** How fast pictures are asked for, in milliseconds. */
export type Rate = { every: number };

/**
 * Asks for one picture after the other, at a steady rate, however long the answers take: what waits is not asked for later.
 *
 * @param isEnough is asked before each but the first
 * @returns once all are answered
 */
export async function steadily(
  next: () => Promise<Answer>,
  { every }: Rate,
  isEnough: (sent: number, answers: readonly Answer[]) => boolean,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const underWay = new Set<Promise<unknown>>();
  const began = performance.now();
  let sent = 0;
  do {
    sent++;
    const asked = next().then((answer) => {
      answers.push(answer);
      underWay.delete(asked);
    });
    underWay.add(asked);
    await pause(Math.max(0, began + sent * every - performance.now()));
  } while (!isEnough(sent, answers));
  await Promise.all(underWay);
  return answers;
}
