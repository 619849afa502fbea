import { ProblemError } from "../../contract/problem.ts";

/**
 * What a Durable Object answers. Where it does not, nobody is let in and nothing is done: what is not known is not guessed.
 *
 * @throws ProblemError `storage_unavailable`
 */
export async function reached<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (cause) {
    throw new ProblemError("storage_unavailable", "What is known of keys cannot be reached now.", { cause });
  }
}
