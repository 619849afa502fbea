import type { Hook } from "@hono/zod-openapi";
import { ProblemError, type Wrong } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { type Issue, sentenceOf } from "./sentence.ts";

/** What a request whose parts are not as the contract has them is answered with. */
export const refuseInvalid: Hook<unknown, App, string, unknown> = (result) => {
  if (!result.success) throw invalid(result.error.issues, result.target === "json");
};

export function invalid(issues: readonly Issue[], isBody: boolean): ProblemError {
  const all = issues.flatMap((issue) => wrongs(issue, isBody));
  const errors = all.filter(
    ({ pointer, detail }, at) =>
      at === all.findIndex((other) => other.pointer === pointer && other.detail === detail),
  );
  const [first] = errors;
  const detail = first
    ? `${first.pointer || "The body"} ${first.detail}${/[.?]$/.test(first.detail) ? "" : "."}`
    : "It cannot be read.";
  return new ProblemError("invalid_request", detail.slice(0, 500), { errors: errors.slice(0, 20) });
}

/** Of names that are not known, each is a thing of its own, with a line of its own (contract/api/takes.ts). */
function wrongs(issue: Issue, isBody: boolean): Wrong[] {
  const sentence = sentenceOf(issue);
  if (issue.code !== "unrecognized_keys")
    return [{ pointer: pointerOf(issue.path, isBody), detail: sentence }];
  const lines = sentence.split("\n");
  return issue.keys.map((name, at) => ({
    pointer: pointerOf([...issue.path, name], isBody),
    detail: lines[at] ?? sentence,
  }));
}

/** Into the body after RFC 6901, where all of it is ""; else the parameter's name. */
const pointerOf = (path: readonly PropertyKey[], isBody: boolean) =>
  isBody ? path.map((part) => `/${escaped(part)}`).join("") : path.map(String).join(".");

const escaped = (part: PropertyKey) => String(part).replaceAll("~", "~0").replaceAll("/", "~1");
