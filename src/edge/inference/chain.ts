import type { Read } from "./answer.ts";
import { type Attempt, attempt, type Failure } from "./attempt.ts";
import type { Endpoint, Inference } from "./endpoint.ts";
import type { Reason } from "./observer.ts";
import { type Asked, problemOf } from "./outcome.ts";
import { encodeQuestion, type Question } from "./question.ts";

/**
 * Has a model infer: asks the endpoints in their order until one answers with what `read` takes, each within what is left of the time.
 *
 * - One that is away, answers wrongly or is busy is followed by the next. One that said lately that it is busy is asked after the others; one
 *   that has failed several times, or has as many calls under way as it may, not at all.
 * - One that is slow (`hedgeAfter`) is joined by the next that is not busy: the first good answer is taken, and the other call given up. Once a
 *   question.
 * - One whose connection was lost is asked once more where there is nobody else to ask.
 *
 * The last two are within the retry budget: nothing is asked much more often because it is slow.
 *
 * @throws ProblemError inference_unavailable, inference_timeout or inference_failed
 */
export async function infer<Answer>(
  question: Question,
  inference: Inference,
  read: Read<Answer>,
): Promise<Answer> {
  const { clock, budget } = inference.health;
  const deadline = clock.now() + inference.timeout;
  const body = encodeQuestion(question, inference.priority);
  const asked: Asked[] = [];
  const running = new Set<Attempt<Answer>>();
  const free = () => freeOf(question, inference, asked);
  const next = () => free() ?? availableOf(question, inference, asked)[0]; // what is busy may have room again
  const begin = (endpoint: Endpoint | undefined, reason: Reason): void => {
    const left = deadline - clock.now();
    if (!endpoint || left <= 0) return;
    asked.push({ endpoint });
    const timeout = Math.max(
      1,
      Math.min(endpoint.timeout, left / (1 + availableOf(question, inference, asked).length)),
    );
    running.add(attempt({ question, body, endpoint, reason, timeout, read }, inference));
  };
  const goOn = ({ outcome, isLost }: Failure): void => {
    const other = next();
    if (other) begin(other, "failover");
    else if (asked.length === 1 && outcome === "unreachable" && isLost) retry(asked[0]?.endpoint);
  };
  const retry = (endpoint: Endpoint | undefined): void => {
    if (endpoint && mayAsk(endpoint, question, inference) && budget.withdraw()) begin(endpoint, "retry");
  };
  budget.deposit();
  begin(next(), "first");
  let mayHedge = true;
  let isHedgeFirst = false;
  try {
    while (running.size > 0) {
      const seen = await firstOf(running, mayHedge ? hedgeAfter(running) : undefined, inference);
      if (seen === "slow") {
        mayHedge = false;
        const other = free();
        if (other && budget.withdraw()) begin(other, "hedge");
        continue;
      }
      const { call, ended } = seen;
      running.delete(call);
      if (ended.outcome === "answered") {
        isHedgeFirst = call.endpoint === asked.at(-1)?.endpoint;
        return ended.answer;
      }
      const at = asked.findLast(({ endpoint }) => endpoint === call.endpoint);
      if (at) at.failure = ended;
      if (running.size === 0) goOn(ended);
    }
  } finally {
    for (const call of running) {
      call.cancel(isHedgeFirst);
      call.result.catch(() => {}); // whatever comes of it, nobody waits for it
    }
  }
  throw problemOf(asked, question, inference);
}

/**
 * Whether some endpoint is worth asking now for who has somebody else to ask: one that is not busy, as far as is known. What was busy is, for one
 * question, once its time is over.
 */
export const mayInfer = (question: Pick<Question, "model">, inference: Inference): boolean =>
  freeOf(question, inference, []) !== undefined;

/** The end of the first call to end; `slow` where none has after so many milliseconds. */
async function firstOf<Answer>(
  running: ReadonlySet<Attempt<Answer>>,
  patience: number | undefined,
  { health: { clock } }: Inference,
) {
  const ends = Array.from(running, async (call) => ({ call, ended: await call.result }));
  if (patience === undefined) return Promise.race(ends);
  const slow = Promise.withResolvers<"slow">();
  const stop = clock.after(patience, () => slow.resolve("slow"));
  try {
    return await Promise.race([...ends, slow.promise]);
  } finally {
    stop();
  }
}

const hedgeAfter = <Answer>(running: ReadonlySet<Attempt<Answer>>): number | undefined => {
  const [call] = running;
  return call?.endpoint.hedgeAfter;
};

/** The first that is not busy. */
function freeOf(
  question: Pick<Question, "model">,
  inference: Inference,
  asked: readonly Asked[],
): Endpoint | undefined {
  const isBusy = (endpoint: Endpoint) => inference.health.of(endpoint).isBusy(question.model(endpoint));
  return availableOf(question, inference, asked).find((endpoint) => !isBusy(endpoint));
}

function availableOf(
  question: Pick<Question, "model">,
  inference: Inference,
  asked: readonly Asked[],
): Endpoint[] {
  const isNew = (endpoint: Endpoint) => !asked.some((one) => one.endpoint === endpoint);
  const fresh = inference.endpoints.filter(isNew);
  const available = fresh.filter((endpoint) => mayAsk(endpoint, question, inference));
  if (available.length > 0 || asked.length > 0) return available;
  return fresh.filter((endpoint) => mayAsk(endpoint, question, inference, true));
}

function mayAsk(
  endpoint: Endpoint,
  { model }: Pick<Question, "model">,
  { health, priority }: Inference,
  isLastResort = false,
): boolean {
  const known = health.of(endpoint);
  return known.wait(model(endpoint), isLastResort) === 0 && known.hasRoom(endpoint.concurrency, priority);
}
