import { ProblemError } from "../../contract/problem.ts";
import { isOutOfMemory } from "../image/index.ts";

/** Seconds until the requests that take the memory now are answered. */
const RETRY_AFTER = 5;

/**
 * Does work on pixels. The isolate's memory is shared by its requests, so that running out of it says nothing about the picture at hand.
 *
 * @throws ProblemError overloaded
 */
export async function withinMemory<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!isOutOfMemory(cause)) throw cause;
    const detail = "There is no memory left for this picture now.";
    throw new ProblemError("overloaded", detail, { cause, retryAfter: RETRY_AFTER });
  }
}
