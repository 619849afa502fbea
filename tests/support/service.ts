import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const START = fileURLToPath(new URL("../../src/cli/start.mjs", import.meta.url));

export type Service = {
  process: ChildProcess;
  /** What it has printed so far. */
  output: () => string;
  /** Its exit code. */
  ended: Promise<number | null>;
  /** Resolves when it says so; rejects when it ends before. */
  ready: Promise<void>;
};

/** What `npm start` runs, with these variables over the environment's. */
export function startService(env: Record<string, string>, script = START): Service {
  const { INFERENCE_URL, MODEL_SUFFIX, ALLOWED_SOURCES, ...inherited } = process.env;
  const child = spawn(process.execPath, [script], {
    env: { ...inherited, ...env },
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
