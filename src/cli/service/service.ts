import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelFailure, requireModels, styleIds } from "../serve/models.mjs";
import { freePort } from "../serve/ports.mjs";
import { startInference, startWorker } from "../serve/servers.mjs";
import { readSettings, urlOf } from "../serve/settings.mjs";
import { anyEnd, whenReady } from "../serve/when-ready.mjs";
import { type CountingProxy, startCountingProxy } from "./counting-proxy.ts";

/** The Worker and the inference server as `npm start` runs them, for one run: with storage of their own, which ends with them. */
export type Service = { url: string; inferences: CountingProxy["take"]; ended: Promise<never> };

/** What the environment may say here too; the Worker's access rules are not for this run. */
const TAKEN = [
  "INFERENCE_URL",
  "INFERENCE_TIMEOUT",
  "MODEL_SUFFIX",
  "MODELS_DIR",
  "WORKING_SIZE",
  "MAX_FACES",
  "START_TIMEOUT",
];

const GRACE = 5000;

/**
 * Starts it, does the work, and ends it, whatever happens.
 *
 * @returns undefined where `stop` came first
 * @throws Complaint where it cannot be started
 */
export async function withService<Result>(
  stop: AbortSignal,
  work: (service: Service) => Promise<Result>,
): Promise<Result | undefined> {
  const settings = readSettings(Object.fromEntries(TAKEN.map((name) => [name, process.env[name]])));
  const isEmbedded = settings.inferenceUrl === undefined;
  const models = isEmbedded
    ? await requireModels(settings.modelsDir, await styleIds(), settings.vars.MODEL_SUFFIX ?? "")
    : new Map<string, number>();
  const inferencePort = isEmbedded ? await freePort() : settings.inferencePort;
  const proxy = await startCountingProxy(settings.inferenceUrl ?? urlOf("127.0.0.1", inferencePort));
  const stateDir = await mkdtemp(join(tmpdir(), "stylegate-service-"));
  const own = {
    ...settings,
    port: await freePort(),
    inferencePort,
    stateDir,
    vars: { ...settings.vars, INFERENCE_URL: proxy.url },
    secrets: { ADMIN_SECRET: randomUUID() }, // with any, wrangler does not read .dev.vars, whose rules are for others
  };
  const inference = isEmbedded ? [startInference(process.execPath, own)] : [];
  const children = [startWorker(process.execPath, own), ...inference];
  try {
    const failed = Promise.race(inference.map((child) => child.heard((line) => modelFailure(line, models))));
    const url = urlOf(own.host, own.port);
    const timeout = own.startTimeout * 1000;
    if (!(await whenReady(`${url}/readyz`, timeout, children, failed, stop))) return undefined;
    const ended = anyEnd(children);
    ended.catch(() => {}); // they end, too, when the work is done
    return await work({ url, inferences: proxy.take, ended });
  } finally {
    await Promise.all(children.map((child) => child.stop(GRACE)));
    await proxy.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}
