import { isAway } from "./attempt.ts";
import { type Endpoint, modelUrl } from "./endpoint.ts";

/** Milliseconds. */
const LONGEST = 5_000;

/**
 * Why an endpoint cannot draw with a model: nothing answers there, or not in time; it does not let the Worker in (`INFERENCE_CREDENTIALS`), or it has not, or
 * not yet, loaded the model. A word for anybody to read: no status, and nothing of what the endpoint wrote.
 */
export type Unready = "unreachable" | "timeout" | "unauthorized" | "missing";

/** What keeps a model from answering now, as the endpoint says; undefined where nothing does. Never throws. */
export async function whyUnready(model: string, endpoint: Endpoint): Promise<Unready | undefined> {
  const { fetch, headers, timeout } = endpoint;
  try {
    const signal = AbortSignal.timeout(Math.min(timeout, LONGEST));
    const url = `${modelUrl(model, endpoint)}/ready`;
    const response = await fetch(url, { headers, signal, redirect: "manual" });
    await response.body?.cancel();
    return response.ok ? undefined : unreadyBy(response.status);
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "unreachable";
  }
}

/** A gateway that wants to know who asks answers 401 or 403, or leads to where one says it. */
function unreadyBy(status: number): Unready {
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) return "unauthorized";
  return isAway(status) ? "unreachable" : "missing";
}
