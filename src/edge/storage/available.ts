import { ProblemError } from "../../contract/problem.ts";
import { logStorage } from "./objects.ts";

/** For what cannot be made anew, unlike results: where the store is away, the request ends. */
export async function orUnavailable<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    logStorage(action, key, error);
    throw new ProblemError("storage_unavailable", "The storage does not answer.", { cause: error });
  }
}
