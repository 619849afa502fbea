import { Complaint } from "../complaint.mjs";
import { ensurePackages } from "../setup/packages.mjs";
import { seconds, step } from "../terminal.mjs";
import { firstSteps } from "./example.mjs";
import { modelFailure, requireModels, styleIds } from "./models.mjs";
import { requireFreePort } from "./ports.mjs";
import { untilReady } from "./ready.mjs";
import { startInference, startWorker } from "./servers.mjs";
import { readSettings, requireReadable, urlOf } from "./settings.mjs";

/** Milliseconds for requests under way when somebody asks us to stop. */
const GRACE = 5000;

/** @typedef {import("./child.mjs").Child} Child */

/** The whole of `npm start`. */
export async function serve() {
  const began = performance.now();
  const settings = readSettings(process.env);
  const styles = await styleIds();
  const node = await ensurePackages();
  await requireReadable(settings.vars, node);
  await requireFreePort("PORT", settings.port, settings.host);
  const isEmbedded = !settings.inferenceUrl;
  if (isEmbedded) await requireFreePort("INFERENCE_PORT", settings.inferencePort, settings.inferenceHost);
  const models = isEmbedded
    ? await requireModels(settings.modelsDir, styles, settings.vars.MODEL_SUFFIX ?? "")
    : new Map();

  const asked = listenForStop();
  const inference = isEmbedded ? [startInference(node, settings)] : [];
  const children = [startWorker(node, settings), ...inference];
  const failed = Promise.race(inference.map((child) => child.heard((line) => modelFailure(line, models))));
  asked.onImpatience = () => {
    for (const child of children) child.kill();
  };
  try {
    if (settings.verbose) for (const child of children) child.forward();
    const url = urlOf(settings.host, settings.port);
    const isReady = await step("Starting the inference server and the Worker", () =>
      whenReady(`${url}/readyz`, settings.startTimeout * 1000, children, failed, asked.stop),
    );
    if (!isReady) return;
    for (const child of children) child.forward();
    const told = await (await fetch(`${url}/v1/styles`)).json();
    process.stdout.write(
      `\nstylegate is ready (${seconds(performance.now() - began)}).\n\n  ${url}\n\n` +
        `${firstSteps(url, told)}\n\nCtrl-C stops it.\n`,
    );
    await Promise.race([asked.stopped, anyEnd(children)]);
  } finally {
    await Promise.all(children.map((child) => child.stop(GRACE)));
  }
}

/**
 * @param {string} url
 * @param {number} timeout milliseconds
 * @param {Child[]} children
 * @param {Promise<string>} failed why it will never be ready
 * @param {AbortSignal} stop
 * @returns {Promise<boolean>} false when somebody wanted us to stop first
 */
async function whenReady(url, timeout, children, failed, stop) {
  const over = new AbortController();
  const ready = untilReady(url, timeout, AbortSignal.any([stop, over.signal]));
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
 * @returns {Promise<never>}
 */
async function anyEnd(children) {
  const ends = children.map(async (child) => ({ child, how: await child.ended }));
  const { child, how } = await Promise.race(ends);
  throw new Complaint(`${child.name} ended ${how}.\n${child.tail}`.trimEnd());
}

/**
 * npm passes on the SIGINT that the terminal has sent to the whole group already: what comes this soon (milliseconds) after the
 * first is no second Ctrl-C.
 */
const ECHO = 500;

/** Ctrl-C, kill and a closed terminal ask for a stop; asking again ends it at once. */
function listenForStop() {
  const stop = new AbortController();
  const asked = {
    stop: stop.signal,
    stopped: new Promise((resolve) => stop.signal.addEventListener("abort", resolve)),
    onImpatience: () => {},
  };
  let first = Number.NaN;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        first = performance.now();
        stop.abort();
      } else if (performance.now() - first > ECHO) {
        asked.onImpatience();
        process.exit(1);
      }
    });
  }
  // A closed terminal refuses what we still say.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return asked;
}
