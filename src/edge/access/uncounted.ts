import { log } from "../telemetry/log.ts";

/** What was done all the same: that it cannot be counted is no reason to say that it was not. */
export function logUncounted(owner: string, error: unknown): void {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  log("error", "uncounted", { owner, reason: String(reason) });
}
