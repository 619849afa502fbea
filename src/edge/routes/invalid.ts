import type { Hook } from "@hono/zod-openapi";
import { ProblemError, type Wrong } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";

/** What a request whose parts are not as the contract has them is answered with. */
export const refuseInvalid: Hook<unknown, App, string, unknown> = (result) => {
  if (result.success) return;
  const errors: Wrong[] = result.error.issues.map(({ path, message }) => ({
    pointer: result.target === "json" ? `/${path.map(escaped).join("/")}` : path.map(String).join("."),
    detail: message,
  }));
  const [first] = errors;
  const detail = first ? `${first.pointer}: ${first.detail}` : "It cannot be read.";
  throw new ProblemError("invalid_request", detail.slice(0, 500), { errors: errors.slice(0, 20) });
};

/** RFC 6901. */
const escaped = (part: PropertyKey) => String(part).replaceAll("~", "~0").replaceAll("/", "~1");
