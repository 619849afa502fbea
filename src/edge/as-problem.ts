import { HTTPException } from "hono/http-exception";
import { ProblemError } from "../contract/problem.ts";
import { isOutOfMemory } from "./out-of-memory.ts";

/**
 * Whatever was thrown, as what ends a request. The isolate's memory is shared by its requests, so that running out of it says nothing about
 * the picture at hand; all else that is no ProblemError is a bug.
 */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new ProblemError("invalid_request", error.message || "The body cannot be read.", { cause: error });
  }
  if (isOutOfMemory(error)) {
    return new ProblemError("overloaded", "There is no memory left for this picture now.", { cause: error });
  }
  return new ProblemError("internal", "Something failed that should not have.", { cause: error });
}
