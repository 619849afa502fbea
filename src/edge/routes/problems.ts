import type { Context } from "hono";
import { PROBLEMS, ProblemError, problemBody } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import type { App } from "../bindings.ts";
import { currentActivity } from "../telemetry/activity.ts";
import { log } from "../telemetry/log.ts";
import { NO_STORE } from "./no-store.ts";
import { requested } from "./requested.ts";

/** Whatever was thrown, as the answer. A bug's own words go to the log, never to the client. */
export function answerProblem(error: Error, c: Context<App>): Response {
  const problem = asProblem(error);
  const { status } = PROBLEMS[problem.code];
  logProblem(problem, c);
  const { errors } = problem;
  const body = { ...problemBody(problem.code, problem.detail, c.req.path), ...(errors && { errors }) };
  const headers = new Headers({ "Content-Type": "application/problem+json", ...NO_STORE });
  if (problem.retryAfter !== undefined) headers.set("Retry-After", `${problem.retryAfter}`);
  return new Response(JSON.stringify(body), { status, headers });
}

/** Thrown, it would count as a route's own problem, and hide that the path has a route for other methods. */
export function unknownRoute(c: Context<App>): Response {
  return answerProblem(new ProblemError("not_found", "No route has this path."), c);
}

/** For a method that the path's routes do not take. */
export function otherMethod(c: Context<App>, taken: string[]): Response {
  const allow = taken.join(", ");
  const problem = new ProblemError("method_not_allowed", `This route takes ${allow}, not ${c.req.method}.`);
  const answer = answerProblem(problem, c);
  answer.headers.set("Allow", allow);
  return answer;
}

/** What is not the client's fault has a line of its own; of each the activity knows the code. */
export function logProblem({ code, detail, cause }: ProblemError, c: Context<App>): void {
  const activity = currentActivity();
  if (activity) activity.code = code;
  if (PROBLEMS[code].status < 500) return;
  const reason = cause instanceof Error ? (cause.stack ?? String(cause)) : cause;
  log("error", "problem", { code, detail, ...requested(c), reason });
}
