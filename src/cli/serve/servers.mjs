import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.mjs";
import { Child } from "./child.mjs";

/** @typedef {import("./settings.mjs").Settings} Settings */

/**
 * The embedded inference server.
 *
 * @param {string} node
 * @param {Settings} settings
 */
export function startInference(node, settings) {
  return new Child("The inference server", node, [join(ROOT, "src/inference/main.ts")], {
    cwd: ROOT,
    env: {
      LOG_LEVEL: settings.verbose ? "info" : "warn",
      ...process.env,
      INFERENCE_PORT: String(settings.inferencePort),
      MODELS_DIR: settings.modelsDir,
    },
  });
}

/** What wrangler reads secrets from where it is given no file. */
const DEV_VARS = join(ROOT, ".dev.vars");

/** Of the Worker, and of the one that it reaches through EDGE_INFERENCE. What the command line says is said to the first. */
const CONFIGS = ["wrangler.toml", "src/edge-inference/wrangler.toml"];

/**
 * The Worker in workerd, with local R2 and Durable Objects. Secrets go by a file, since a command line can be seen by everybody; those
 * of `.dev.vars` hold where the environment says nothing else.
 *
 * @param {string} node
 * @param {Settings} settings
 */
export function startWorker(node, settings) {
  const vars = Object.entries(settings.vars).map(([name, value]) => `--var=${name}:${value}`);
  const args = [
    join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
    "dev",
    ...CONFIGS.map((file) => `--config=${join(ROOT, file)}`),
    "--local",
    `--ip=${settings.host}`,
    `--port=${settings.port}`,
    "--inspector-port=0",
    `--persist-to=${settings.stateDir}`,
    "--show-interactive-dev-session=false",
    `--log-level=${settings.verbose ? "log" : "error"}`,
    ...vars,
  ];
  const secrets = Object.entries(settings.secrets).map(([name, value]) => `${name}='${value}'\n`);
  const file = join(settings.stateDir, "secrets.env");
  if (secrets.length > 0) {
    mkdirSync(settings.stateDir, { recursive: true });
    writeFileSync(file, secrets.join(""), { mode: 0o600 });
    const files = [...(existsSync(DEV_VARS) ? [DEV_VARS] : []), file]; // the last to name a secret is heard
    args.push(...files.map((path) => `--env-file=${path}`));
  }
  const child = new Child("The Worker", node, args, {
    cwd: ROOT,
    env: { ...process.env, ...quiet(settings.stateDir) },
  });
  child.ended.then(() => rmSync(file, { force: true }));
  return child;
}

/**
 * Whether the Worker has this secret, from the environment or from `.dev.vars`.
 *
 * @param {string} name
 * @param {Settings} settings
 */
export function hasSecret(name, { secrets }) {
  if (name in secrets) return true;
  return existsSync(DEV_VARS) && new RegExp(`^\\s*${name}\\s*=`, "m").test(readFileSync(DEV_VARS, "utf8"));
}

/**
 * No reports, no look for updates, no location from Cloudflare, nothing written outside the checkout: a start needs no network.
 *
 * @param {string} stateDir
 */
export function quiet(stateDir) {
  return {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
    WRANGLER_REGISTRY_PATH: join(stateDir, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}
