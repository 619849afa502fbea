import { ProblemError } from "../../contract/problem.ts";
import { failed } from "./answer.ts";
import type { Failure } from "./attempt.ts";
import type { Endpoint, Inference } from "./endpoint.ts";
import type { Question } from "./question.ts";

/** Of who may answer later: an endpoint with another key than the Worker's is away, too, until one of the two is set right. */
const PASSING: readonly Failure["outcome"][] = ["busy", "unreachable", "unauthorized"];

/** An endpoint that was asked, and what it did instead of answering; without that, the time ran out first. */
export type Asked = { endpoint: Endpoint; failure?: Failure };

/**
 * Of several endpoints' failures, what to tell: that it makes sense to try again, where any says so; that it took too long; and that the answer
 * is wrong only where all answer wrongly.
 */
export function problemOf(
  asked: readonly Asked[],
  question: Pick<Question, "model">,
  inference: Inference,
): ProblemError {
  const failures = asked.flatMap(({ failure }) => failure ?? []);
  const cause = causeOf(asked);
  const passing = failures.filter(({ outcome }) => PASSING.includes(outcome));
  if (passing.length > 0) {
    const seconds = passing.flatMap(({ retryAfter }) => retryAfter ?? []);
    return unavailable(cause, seconds.length > 0 ? Math.min(...seconds) : undefined);
  }
  if (failures.length === 0)
    return unavailable("no endpoint may be asked now", secondsUntil(question, inference));
  if (failures.some(({ outcome }) => outcome === "timeout")) {
    const seconds = Math.min(inference.timeout, ...asked.map(({ endpoint }) => endpoint.timeout)) / 1000;
    return new ProblemError("inference_timeout", `The network took over ${seconds} seconds.`, { cause });
  }
  return failed(cause);
}

/** One endpoint's own, with its stack; of several, what each said. */
function causeOf(asked: readonly Asked[]): unknown {
  const [first, ...others] = asked;
  if (others.length === 0) return first?.failure?.cause;
  return asked.map(({ endpoint, failure }) => `${endpoint.name}: ${failure?.cause}`).join("; ");
}

/** Seconds until one may be asked again: one whose places are all taken, soon. */
function secondsUntil({ model }: Pick<Question, "model">, { endpoints, health }: Inference): number {
  const waits = endpoints.map((endpoint) => health.of(endpoint).wait(model(endpoint), true));
  return Math.max(1, Math.ceil(Math.min(...waits) / 1000));
}

const unavailable = (cause: unknown, retryAfter: number | undefined) =>
  new ProblemError("inference_unavailable", "The inference endpoint is busy or away.", {
    cause,
    retryAfter,
  });
