import type { Hook } from "@hono/zod-openapi";
import { ProblemError, type Wrong } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";

/** What a request whose parts are not as the contract has them is answered with. */
export const refuseInvalid: Hook<unknown, App, string, unknown> = (result) => {
  if (!result.success) throw invalid(result.error.issues, result.target === "json");
};

type Issue = { path: readonly PropertyKey[]; message: string };

export function invalid(issues: readonly Issue[], isBody: boolean): ProblemError {
  const errors: Wrong[] = issues.map(({ path, message }) => ({
    pointer: isBody ? `/${path.map(escaped).join("/")}` : path.map(String).join("."),
    detail: message,
  }));
  const [first] = errors;
  const detail = first ? `${first.pointer}: ${first.detail}` : "It cannot be read.";
  return new ProblemError("invalid_request", detail.slice(0, 500), { errors: errors.slice(0, 20) });
}

/** RFC 6901. */
const escaped = (part: PropertyKey) => String(part).replaceAll("~", "~0").replaceAll("/", "~1");
