import type { Unready } from "../../contract/api/service.ts";
import { isAway, isClosed } from "./attempt.ts";
import { type Endpoint, modelUrl } from "./endpoint.ts";

/** Milliseconds. */
const LONGEST = 5_000;

/** What keeps a model from answering now, as the endpoint says; undefined where nothing does. Never throws. */
export async function whyUnready(model: string, endpoint: Endpoint): Promise<Unready | undefined> {
  const { fetch, headers, timeout } = endpoint;
  try {
    const signal = AbortSignal.timeout(Math.min(timeout, LONGEST));
    const ask = async (url: string): Promise<Response> => {
      const response = await fetch(url, { headers, signal, redirect: "manual" });
      await response.body?.cancel();
      return response;
    };
    const url = modelUrl(model, endpoint);
    const ready = await ask(`${url}/ready`);
    if (!ready.ok) return unreadyBy(ready.status);
    // Whether a model is ready anybody may ask, an orchestrator's probes for one; what it is, only who may have it draw.
    return isClosed((await ask(url)).status) ? "unauthorized" : undefined;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "unreachable";
  }
}

function unreadyBy(status: number): Unready {
  if (isClosed(status)) return "unauthorized";
  return isAway(status) ? "unreachable" : "missing";
}
