import type { Context } from "hono";
import { routePath } from "hono/route";
import { PROBLEMS, ProblemError, problemBody } from "../../contract/problem.ts";
import { parseSource } from "../../contract/source.ts";
import { optionNamed } from "../../contract/transform/fields.ts";
import { asProblem } from "../as-problem.ts";
import type { App } from "../bindings.ts";
import { splitImageUrl } from "./image-url.ts";
import { NO_STORE } from "./no-store.ts";

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

/** What is not the client's fault. */
export function logProblem({ code, detail, cause }: ProblemError, c: Context<App>): void {
  if (PROBLEMS[code].status < 500) return;
  const reason = cause instanceof Error ? (cause.stack ?? String(cause)) : cause;
  console.error(JSON.stringify({ event: "problem", code, detail, ...requested(c), reason }));
}

/**
 * What was asked for, without what would let a reader of the log in: a signature, an upload's id, and what follows a source's host, which
 * may be a presigned URL's credentials.
 */
function requested(c: Context<App>) {
  const route = routePath(c, -1);
  if (route !== "/image/*") return { route };
  const { options, source } = splitImageUrl(c.req.url);
  const told = options
    .split(",")
    .filter((pair) => (optionNamed(pair.split("=", 1)[0] ?? "") ?? "sig") !== "sig");
  return { route, options: told.join(","), source: placeOf(source) };
}

function placeOf(text: string) {
  const parsed = parseSource(text);
  if (!parsed.ok) return undefined;
  const { source } = parsed;
  switch (source.kind) {
    case "url":
      return { kind: source.kind, host: source.url.host };
    case "r2":
      return { kind: source.kind, bucket: source.bucket };
    case "upload":
      return { kind: source.kind };
  }
}
