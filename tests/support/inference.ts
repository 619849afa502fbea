import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { STYLES } from "../../src/contract/style.ts";

export type Inference = {
  url: string;
  pid: number;
  stop: () => Promise<void>;
  /** At once, in the middle of whatever it does. */
  kill: () => Promise<void>;
};

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** INFERENCE_… of this process, whose threads and concurrency a benchmark may be told to try. */
export const variables = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith("INFERENCE_") && value !== undefined ? [[name, value]] : [],
    ),
  );

/**
 * The embedded inference server as a process of its own, with the repository's int8 networks, or others of its models.
 *
 * @param env its variables; tests leave the other cores to those beside them, benchmarks take all
 */
export async function startInference(
  models = STYLES.map(({ id }) => `ttn_${id}_int8`),
  env: Record<string, string> = { INFERENCE_THREADS: "1" },
): Promise<Inference> {
  const child = spawn(process.execPath, ["src/inference/main.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env, INFERENCE_PORT: "0", MODELS: models.join(",") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  const stop = () => end("SIGTERM");
  const kill = () => end("SIGKILL");
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    const { event, url } = JSON.parse(line);
    if (event !== "ready") continue;
    child.stderr.resume(); // its log is not read, and must not fill the pipe
    return { url, pid: child.pid ?? Number.NaN, stop, kill };
  }
  throw new Error("the inference server ended before it was ready");
}
