import { setTimeout } from "node:timers/promises";
import { random } from "../../tests/support/random.ts";
import { type Answered, ask, type Question } from "./ask.ts";

/**
 * Asks at random moments, `rate` times a second on average, whether or not answers keep up: as visitors do. What comes in the first
 * `settling` seconds is not counted.
 */
export async function openLoop(
  url: string,
  questions: readonly Question[],
  rate: number,
  { seconds, settling }: { seconds: number; settling: number },
): Promise<Answered[]> {
  const next = random(7);
  const counted: Promise<Answered>[] = [];
  const since = performance.now();
  for (let at = 0, turn = 0; at < settling + seconds; at += -Math.log(1 - next()) / rate, turn++) {
    const wait = since + at * 1000 - performance.now();
    if (wait > 0) await setTimeout(wait);
    const answer = ask(url, questions[turn % questions.length] as Question);
    if (at >= settling) counted.push(answer);
  }
  return Promise.all(counted);
}
