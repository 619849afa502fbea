import { Complaint } from "../complaint.mjs";
import { seconds } from "../terminal.mjs";
import { untilReady } from "./ready.mjs";

/** @typedef {import("./child.mjs").Child} Child */

/**
 * Waits until a service is ready.
 *
 * @param {string} url
 * @param {number} timeout milliseconds
 * @param {Child[]} children
 * @param {Promise<string>} failed why it will never be ready
 * @param {AbortSignal} stop
 * @param {boolean} [takesDegraded] as `untilReady`
 * @returns {Promise<boolean>} false when somebody wanted us to stop first
 */
export async function whenReady(url, timeout, children, failed, stop, takesDegraded) {
  const over = new AbortController();
  const ready = untilReady(url, timeout, AbortSignal.any([stop, over.signal]), takesDegraded);
  try {
    const last = await Promise.race([ready, anyEnd(children), failed.then(complain)]);
    if (stop.aborted) return false;
    if (last === undefined) return true;
    const tails = children.map((child) => child.tail).filter((tail) => tail !== "");
    throw new Complaint([`${url} was not ready after ${seconds(timeout)}: ${last}`, ...tails].join("\n"));
  } finally {
    over.abort();
  }
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function complain(sentence) {
  throw new Complaint(sentence);
}

/**
 * Throws as soon as one of them ends, with its last words.
 *
 * @param {Child[]} children
 * @param {string} [consolation] what to say then besides
 * @returns {Promise<never>}
 */
export async function anyEnd(children, consolation = "") {
  const ends = children.map(async (child) => ({ child, how: await child.ended }));
  const { child, how } = await Promise.race(ends);
  throw new Complaint(
    [`${child.name} ended ${how}.`, child.tail, consolation].filter((text) => text !== "").join("\n"),
  );
}
