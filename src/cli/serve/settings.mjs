import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join, resolve } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { capture } from "../setup/command.mjs";
import { isAny } from "./ports.mjs";

/**
 * What `npm start` reads from the environment; docs/configuration.md describes each variable.
 *
 * @typedef {object} Settings
 * @property {string} host address the Worker listens on
 * @property {number} port
 * @property {string | undefined} inferenceUrl somebody else's inference server, instead of the embedded one
 * @property {string} inferenceHost address the embedded one listens on
 * @property {number} inferencePort
 * @property {string} modelsDir absolute
 * @property {string} stateDir absolute; local R2 and Durable Objects
 * @property {boolean} verbose
 * @property {number} startTimeout seconds
 * @property {Record<string, string>} vars the Worker's variables, wrangler.toml's with the environment's over them
 * @property {Record<string, string>} secrets the Worker's secrets that the environment has
 */

/** The Worker's variables that are not in wrangler.toml. */
export const SECRETS = [
  "SIGNING_KEYS",
  "ADMIN_SECRET",
  "INFERENCE_CREDENTIALS",
  "MODERATION_SECRET",
  "R2_ACCESS_KEY_ID",
  "R2_SECRET_ACCESS_KEY",
  "OTEL_EXPORTER_OTLP_HEADERS",
];

/**
 * An empty variable counts as not set, except for the Worker's, where "" says something (no source, no suffix).
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Settings}
 */
export function readSettings(env) {
  /** @param {string} name */
  const given = (name) => env[name]?.trim() || undefined;
  const inferencePort = port("INFERENCE_PORT", given("INFERENCE_PORT") ?? "8788");
  const inferenceHost = given("INFERENCE_HOST") ?? "127.0.0.1";
  const own = urlOf(inferenceHost, inferencePort);
  const inferenceUrl = given("INFERENCE_URL") ?? (given("INFERENCE_ENDPOINTS") && own); // which is then not asked
  const vars = readVars();
  for (const name of Object.keys(vars)) vars[name] = env[name] ?? vars[name] ?? "";
  vars.INFERENCE_URL = inferenceUrl ?? own;
  vars.INFERENCE_ENDPOINTS = env.INFERENCE_ENDPOINTS ?? ""; // those of wrangler.toml are production's, as its URL is
  const host = given("HOST") ?? "127.0.0.1";
  vars.AUTH = authOf(given("AUTH"), host);
  const settings = {
    host,
    port: port("PORT", given("PORT") ?? "8787"),
    inferenceUrl,
    inferenceHost,
    inferencePort,
    modelsDir: resolve(ROOT, given("MODELS_DIR") ?? "models"),
    stateDir: resolve(ROOT, given("STATE_DIR") ?? ".wrangler/state"),
    verbose: /^(1|true|yes|on)$/i.test(given("VERBOSE") ?? ""),
    startTimeout: whole("START_TIMEOUT", given("START_TIMEOUT") ?? "120", 1, 3600),
    vars,
    secrets: Object.fromEntries(SECRETS.flatMap((name) => (given(name) ? [[name, given(name) ?? ""]] : []))),
  };
  const key = given("ENDPOINT_KEY");
  if (!inferenceUrl && key !== undefined) settings.secrets.INFERENCE_CREDENTIALS ??= credentialsOf(key);
  if (!inferenceUrl && settings.port === settings.inferencePort) {
    throw new Complaint(
      `PORT and INFERENCE_PORT are both ${settings.port}: set one of them to another number.`,
    );
  }
  return settings;
}

/**
 * What the Worker lets itself in with where the inference server beside it wants a key.
 *
 * @param {string} key
 */
const credentialsOf = (key) => JSON.stringify({ endpoint: { Authorization: `Bearer ${key}` } });

/**
 * Has the Worker's own code read its variables, before anything starts.
 *
 * @param {Record<string, string>} vars
 * @param {string} node the Node that runs the project
 */
export async function requireReadable(vars, node) {
  // Node 24.0 warns that it strips types.
  const args = ["--disable-warning=ExperimentalWarning", join(ROOT, "src/cli/serve/variables.ts")];
  const { code, output } = await capture(node, args, { env: { ...process.env, ...vars } });
  if (code !== 0) throw new Complaint(output.trim());
}

/**
 * Whether a key is needed: who is on this machine needs none, unless they say so; anybody else always does.
 *
 * @param {string | undefined} asked AUTH
 * @param {string} host
 */
function authOf(asked, host) {
  if (isLoopback(host)) return asked ?? "open";
  if (asked !== "open") return asked ?? "keys";
  throw new Complaint(
    `AUTH=open lets everybody in who can reach ${host}: take AUTH away, and make keys (docs/keys.md), or HOST, and be reached from this machine alone.`,
  );
}

/** @param {string} host */
const isLoopback = (host) => host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Where this machine finds a server that listens on an address and a port.
 *
 * @param {string} host
 * @param {number} port
 */
export function urlOf(host, port) {
  const name = isAny(host) ? "127.0.0.1" : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

/** The names and defaults in wrangler.toml's [vars]: one quoted string a line, so that they can be read before wrangler is installed. */
export function readVars(text = readFileSync(join(ROOT, "wrangler.toml"), "utf8")) {
  const [, section = ""] = text.split(/^\[vars\]$/m);
  const [lines = ""] = section.split(/^\[/m);
  /** @type {Record<string, string>} */
  const vars = {};
  // TOML's two kinds of strings on one line: of the first, what both it and JSON know.
  for (const [, name = "", basic, literal] of lines.matchAll(
    /^(\w+) *= *(?:("(?:[^"\\]|\\.)*")|'([^']*)') *(?:#.*)?$/gm,
  ))
    vars[name] = basic === undefined ? (literal ?? "") : JSON.parse(basic);
  return vars;
}

/**
 * @param {string} name
 * @param {string} value
 */
function port(name, value) {
  return whole(name, value, 1, 65535);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {number} least
 * @param {number} most
 */
function whole(name, value, least, most) {
  if (/^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw new Complaint(`${name} must be a whole number from ${least} to ${most}, not "${value}".`);
}
