import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two tries: the dev server reloads the Worker in about one. */
const PAUSE = 500;
const TRIES = 10;

/** Milliseconds for all of them: what is told is worth no longer wait. */
const PATIENCE = 10_000;

/**
 * What a service says in JSON. It may just be reloading, as whenever wrangler.toml is saved, and then answers with an error, a page, or not at all.
 *
 * @param {string} url
 * @param {AbortSignal} stop
 * @param {number} [between] milliseconds
 * @returns {Promise<any>} undefined where it has not said it after several tries
 */
export async function toldBy(url, stop, between = PAUSE) {
  const over = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE)]);
  for (let tries = 0; tries < TRIES && !over.aborted; tries++) {
    if (tries > 0) await pause(between, undefined, { signal: over }).catch(() => {});
    try {
      const response = await fetch(url, { signal: over });
      const body = await response.text();
      if (response.status === 200) return JSON.parse(body);
    } catch {} // as with any other answer: it is asked again
  }
  return undefined;
}
