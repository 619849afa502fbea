import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks until the answer is 200, and nobody stands in for an endpoint that is not there yet, unless somebody else answers for which there are.
 *
 * @param {string} url
 * @param {number} timeout milliseconds, for all the asking
 * @param {AbortSignal} signal stops asking
 * @param {boolean} takesDegraded another may stand in
 * @returns {Promise<string | undefined>} undefined when ready; else what the last answer was
 */
export async function untilReady(url, timeout, signal, takesDegraded = false) {
  const deadline = performance.now() + timeout;
  let last = "no answer";
  while (!signal.aborted && performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) });
      const body = await response.text();
      if (response.status === 200 && (takesDegraded || !/"status":\s*"degraded"/.test(body)))
        return undefined;
      last = `${response.status} ${body.trim().slice(0, 500)}`;
    } catch (error) {
      last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    await pause(100, undefined, { signal }).catch(() => {});
  }
  return last;
}
