import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Server = { url: string; residentMb: () => number; stop: () => Promise<void> };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The embedded inference server as a process of its own; `env` are its variables. */
export async function startServer(env: Record<string, string>): Promise<Server> {
  const child = spawn(process.execPath, ["src/inference/main.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, INFERENCE_PORT: "0", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stderr })) {
    const { event, url } = JSON.parse(line);
    if (event !== "ready") continue;
    child.stderr.resume(); // its log is not read, and must not fill the pipe
    return {
      url,
      /** NaN where the system does not tell. */
      residentMb: () => {
        const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
        return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
      },
      stop: async () => {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error("the inference server ended before it was ready");
}
