import { ProblemError } from "../contract/problem.ts";
import { isOutOfMemory } from "./out-of-memory.ts";

/** Seconds until the requests that take the memory now are answered. */
const RETRY_AFTER = 5;

/**
 * Whatever was thrown, as what ends a request. The isolate's memory is shared by its requests, so that running out of it says nothing about
 * the picture at hand; all else that is no ProblemError is a bug.
 */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isOutOfMemory(error)) {
    const detail = "There is no memory left for this picture now.";
    return new ProblemError("overloaded", detail, { cause: error, retryAfter: RETRY_AFTER });
  }
  return new ProblemError("internal", "Something failed that should not have.", { cause: error });
}
