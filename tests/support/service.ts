import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { STYLES } from "../../src/contract/style.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START = join(ROOT, "src/cli/start.mjs");

export type Service = {
  process: ChildProcess;
  /** What it has printed so far. */
  output: () => string;
  /** Its exit code. */
  ended: Promise<number | null>;
  /** Resolves when it says so; rejects when it ends before. */
  ready: Promise<void>;
};

/**
 * The models that a service asks for which is told nothing else. The folder models has each network in four kinds, and to load them all takes
 * two thirds of a start.
 */
export const MODELS = [
  ...STYLES.map(({ id }) => `ttn_${id}_int8`),
  "face_detector",
  "person_segmenter",
].join();

/**
 * What `npm start` runs, or another command, with these variables over the environment's. Unless they say so with `MODELS: ""`, its inference
 * server has only what it is asked for.
 */
export function startService(env: Record<string, string>, command = [process.execPath, START]): Service {
  const { INFERENCE_URL, MODEL_SUFFIX, ALLOWED_SOURCES, ...inherited } = process.env;
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...inherited, MODELS, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = once(child, "close").then(() => child.exitCode);
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("Ctrl-C stops it.")) resolve();
      });
    }
    ended.then(() => reject(new Error(`npm start ended:\n${output}`)));
  });
  ready.catch(() => {}); // who expects the end does not wait for it
  return { process: child, output: () => output, ended, ready };
}
