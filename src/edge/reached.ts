import { ProblemError } from "../contract/problem.ts";
import { log } from "./telemetry/log.ts";

/** What Durable Objects know of, as the log calls them. */
export type Known = "keys" | "users" | "uploads" | "stylizations" | "webhooks";

/**
 * What a Durable Object answers. Where it does not, the request ends: what is not known is not guessed, and nobody is let in for it.
 *
 * @throws ProblemError `storage_unavailable`
 */
export async function reached<Answer>(what: Known, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (cause) {
    log("error", "object_failed", { what, error: String(cause) });
    throw new ProblemError("storage_unavailable", `What is known of ${what} cannot be reached now.`, {
      cause,
    });
  }
}
