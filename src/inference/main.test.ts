import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { count, LONG, MODELS, until } from "./fixtures/serve.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;
const RUNNING = 'stylegate_inference_running{model="count",version="1"}';
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

function launch(env: Record<string, string>): ChildProcess {
  const settings = { MODELS_DIR: MODELS, MODELS: "count", INFERENCE_PORT: "0", INFERENCE_THREADS: "1" };
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...settings, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  return child;
}

/** Waits for the log line that says that every model is loaded; it carries the URL. */
async function readyUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    const { event, url } = JSON.parse(line);
    if (event === "ready") return url;
  }
  throw new Error("the server ended before it was ready");
}

describe("the process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "on %s is no longer ready, ends what it has and exits with 0",
    async (signal) => {
      const child = launch({});
      const exited = once(child, "exit");
      const url = await readyUrl(child);
      const [first, second] = [count(url, LONG), count(url, 3)];
      await until(url, RUNNING, 1);
      await until(url, 'stylegate_inference_queue_length{model="count",version="1"}', 1);
      child.kill(signal);
      await expect
        .poll(async () => (await fetch(`${url}/v2/health/ready`)).status, { interval: 1 })
        .toBe(503);
      const refused = await count(url, 1);
      expect([refused.status, refused.headers.get("connection")]).toEqual([503, "close"]);
      expect(await refused.json()).toEqual({ error: "the server is shutting down" });
      child.kill(signal); // a supervisor may pass on what the terminal has sent already
      expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
      expect(await exited).toEqual([0, null]);
    },
  );

  it("exits with 1 once SHUTDOWN_TIMEOUT is over, whatever is left", async () => {
    const child = launch({ SHUTDOWN_TIMEOUT: "0" });
    const exited = once(child, "exit");
    const url = await readyUrl(child);
    const cut = count(url, LONG).catch(() => "cut off");
    await until(url, RUNNING, 1);
    child.kill("SIGTERM");
    expect(await exited).toEqual([1, null]);
    expect(await cut).toBe("cut off");
  });
});

describe("a start that cannot work is explained in one sentence", () => {
  const attempt = async (env: Record<string, string>): Promise<[code: number, said: string]> => {
    const child = launch(env);
    const said = text(child.stderr as NodeJS.ReadableStream);
    const [code] = (await once(child, "exit")) as [number];
    return [code, await said];
  };

  it("for a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await attempt({ INFERENCE_PORT: String(port) })).toEqual([
      1,
      `127.0.0.1:${port} is taken; set INFERENCE_HOST or INFERENCE_PORT to another.\n`,
    ]);
    other.close();
  });

  it("for a value that makes no sense, and a model that is not there", async () => {
    expect(await attempt({ QUEUE_SIZE: "many" })).toEqual([
      2,
      'QUEUE_SIZE must be a whole number from 0 to 10000, not "many".\n',
    ]);
    expect(await attempt({ MODELS: "absent" })).toEqual([
      2,
      `The model "absent" (MODELS) is not in ${MODELS}: there is no absent/config.pbtxt.\n`,
    ]);
  });
});
