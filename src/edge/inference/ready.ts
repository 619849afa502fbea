import { type Endpoint, modelUrl } from "./endpoint.ts";

/** Milliseconds. */
const LONGEST = 5_000;

/** Whether the endpoint says that a model can answer now. Never throws. */
export async function isReady(model: string, endpoint: Endpoint): Promise<boolean> {
  const { fetch, headers, timeout } = endpoint;
  try {
    const signal = AbortSignal.timeout(Math.min(timeout, LONGEST));
    const url = `${modelUrl(model, endpoint)}/ready`;
    const response = await fetch(url, { headers, signal, redirect: "manual" });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
