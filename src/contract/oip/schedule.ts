import { OipError } from "./error.ts";
import type { Parameters } from "./protocol.ts";

/** Who waits: a person before a page, or nobody in particular. What is for people comes first, and the rest is given up before it. */
export type Priority = "interactive" | "batch";

/**
 * Triton's `priority` (docs/protocol/extension_schedule_policy.md): 1 comes first, and 0 is none. Without one somebody waits.
 *
 * @throws OipError 400
 */
export function readPriority(parameters: Parameters | undefined): Priority {
  const priority = parameters?.priority ?? 1;
  if (typeof priority !== "number" || !Number.isSafeInteger(priority) || priority < 0) {
    throw new OipError(400, 'parameter "priority" must be a whole number');
  }
  return priority <= 1 ? "interactive" : "batch";
}

/**
 * Triton's `timeout`, microseconds in the queue, as seconds; null where there is none, which 0 says too.
 *
 * @throws OipError 400
 */
export function readTimeout(parameters: Parameters | undefined): number | null {
  const timeout = parameters?.timeout ?? 0;
  if (typeof timeout !== "number" || !Number.isSafeInteger(timeout) || timeout < 0) {
    throw new OipError(400, 'parameter "timeout" must be a whole number of microseconds');
  }
  return timeout === 0 ? null : timeout / 1_000_000;
}
