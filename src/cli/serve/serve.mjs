import { ensurePackages } from "../setup/packages.mjs";
import { seconds, step } from "../terminal.mjs";
import { firstSteps } from "./example.mjs";
import { modelFailure, requireModels, styleIds } from "./models.mjs";
import { notesOn } from "./notes.mjs";
import { requireFreePort } from "./ports.mjs";
import { hasSecret, startInference, startWorker } from "./servers.mjs";
import { readSettings, requireReadable, urlOf } from "./settings.mjs";
import { listenForStop } from "./stop.mjs";
import { toldBy } from "./told.mjs";
import { anyEnd, whenReady } from "./when-ready.mjs";

/** Milliseconds for requests under way when somebody asks us to stop. */
const GRACE = 5000;

/** Milliseconds after which what the Worker wrote while it started has come through. */
const ECHO = 2000;

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
  // It is not ready while models load, which is no trouble; later it is.
  let startedBy = Number.POSITIVE_INFINITY;
  const isNews = (/** @type {string} */ line) =>
    performance.now() > startedBy || !line.includes('"code":"not_ready"');
  try {
    if (settings.verbose) for (const child of children) child.forward(isNews);
    const url = urlOf(settings.host, settings.port);
    const isReady = await step("Starting the inference server and the Worker", () =>
      whenReady(`${url}/readyz`, settings.startTimeout * 1000, children, failed, asked.stop, !isEmbedded),
    );
    if (!isReady) return;
    startedBy = performance.now() + ECHO;
    for (const child of children) child.forward(isNews);
    const took = seconds(performance.now() - began);
    const telling = Promise.all(["/v1/styles", "/readyz"].map((path) => toldBy(url + path, asked.stop)));
    const [styles, readiness] = await Promise.race([telling, anyEnd(children)]);
    if (asked.stop.aborted) return;
    const said = [
      `stylegate is ready (${took}).`,
      `  ${url}`,
      ...(readiness ? notesOn(readiness) : []),
      ...(styles ? [firstSteps(url, styles, hasSecret("ADMIN_SECRET", settings))] : []),
    ];
    process.stdout.write(`\n${said.join("\n\n")}\n\nCtrl-C stops it.\n`);
    await Promise.race([asked.stopped, anyEnd(children, kept(settings.stateDir))]);
  } finally {
    await Promise.all(children.map((child) => child.stop(GRACE)));
  }
}

/** @param {string} stateDir */
const kept = (stateDir) =>
  `What was uploaded and asked for is stored in ${stateDir}, and goes on at the next start.`;
