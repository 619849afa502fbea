import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { STYLES } from "../../src/contract/style.ts";

export type Inference = {
  url: string;
  stop: () => Promise<void>;
  /** At once, in the middle of whatever it does. */
  kill: () => Promise<void>;
};

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The embedded inference server as a process of its own, with the repository's int8 networks, or others of its models. */
export async function startInference(models = STYLES.map(({ id }) => `ttn_${id}_int8`)): Promise<Inference> {
  const child = spawn(process.execPath, ["src/inference/main.ts"], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      INFERENCE_PORT: "0",
      MODELS: models.join(","),
      INFERENCE_THREADS: "1",
    },
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
    return { url, stop, kill };
  }
  throw new Error("the inference server ended before it was ready");
}
