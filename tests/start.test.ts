import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { STYLES } from "../src/contract/style.ts";
import { probe } from "../src/edge/source/probe.ts";
import { freePorts, portOf } from "./support/ports.ts";
import { processesWith } from "./support/processes.ts";
import { type Service, startService } from "./support/service.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The network of the style that is offered first, as npm start serves it. */
const FIRST = `ttn_${STYLES[0]?.id}_int8`;

/** A folder for one test; its name marks the processes that the test starts, as a part of STATE_DIR. */
let folder: string;
let listeners: Server[] = [];
let started: Service[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-start-"));
});

afterEach(async () => {
  for (const service of started) service.process.kill("SIGKILL");
  for (const listener of listeners) listener.close();
  started = [];
  listeners = [];
  await expect.poll(() => processesWith(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

describe("npm start", () => {
  it("makes a drawing by the line it prints, with all models there are, and leaves no process after Ctrl-C", async () => {
    const [port, inferencePort] = await freePorts();
    const service = start({ PORT: port, INFERENCE_PORT: inferencePort, MODELS: "" });
    await service.ready;
    expect(service.output()).toContain(`http://127.0.0.1:${port}\n`);
    const line = /^ {2}(curl .*)$/m.exec(service.output())?.[1] ?? "";
    await promisify(execFile)("/bin/sh", ["-c", line], { cwd: folder });
    const drawing = await readFile(join(folder, "drawing.jpg"));
    const sample = await readFile(join(ROOT, "src/edge/page/sample.jpg"));
    expect(probe(drawing)).toMatchObject({ ok: true, format: "jpeg" });
    expect(drawing.equals(sample)).toBe(false);
    expect((await processesWith(folder)).join()).toMatch(/workerd/);

    await leavesNothingAfter("SIGINT", service);
  });

  it("makes a drawing where both servers listen on IPv6, and leaves no process after SIGHUP", async (context) => {
    const hasIPv6 = Object.values(networkInterfaces()).some((found) =>
      found?.some(({ address }) => address === "::1"),
    );
    if (!hasIPv6) context.skip("this machine has no ::1");
    const [port, inferencePort] = await freePorts();
    const service = start({ HOST: "::1", PORT: port, INFERENCE_HOST: "::1", INFERENCE_PORT: inferencePort });
    await service.ready;
    expect(service.output()).toContain(`http://[::1]:${port}\n`);
    const line = /^ {2}(curl .*)$/m.exec(service.output())?.[1] ?? "";
    await promisify(execFile)("/bin/sh", ["-c", line], { cwd: folder });
    expect(probe(await readFile(join(folder, "drawing.jpg")))).toMatchObject({ ok: true, format: "jpeg" });
    await leavesNothingAfter("SIGHUP", service);
  });

  it("has URLs signed where SIGNING_KEYS is set, shows the keys to nobody, and leaves no process after SIGTERM", async () => {
    const [port, inferencePort] = await freePorts();
    const { stdout } = await promisify(execFile)("npm", ["run", "-s", "sign", "--", "--new-key", "a"], {
      cwd: ROOT,
    });
    const SIGNING_KEYS = stdout.trim();
    const service = start({
      PORT: port,
      INFERENCE_PORT: inferencePort,
      SIGNING_KEYS,
      REQUIRE_SIGNATURE: "yes",
    });
    await service.ready;
    const url = `http://127.0.0.1:${port}`;
    const body = await readFile(join(ROOT, "src/edge/page/sample.jpg"));
    const { id } = (await (await fetch(`${url}/v1/uploads`, { method: "POST", body })).json()) as {
      id: string;
    };
    const image = `/image/style=${STYLES[0]?.id}/upload:${id}`;
    expect(await (await fetch(url + image)).json()).toMatchObject({ code: "signature_required" });
    const args = ["run", "-s", "sign", "--", "--expires-in", "60", url + image];
    const signed = await promisify(execFile)("npm", args, {
      cwd: ROOT,
      env: { ...process.env, SIGNING_KEYS },
    });
    const answer = await fetch(signed.stdout.trim());
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toMatch(/max-age=(?:5\d|60), must-revalidate/);
    const [, key = ""] = SIGNING_KEYS.split(":");
    expect(key).toHaveLength(43);
    expect((await processesWith(folder)).join()).not.toContain(key);
    expect(service.output()).not.toContain(key);
    await leavesNothingAfter("SIGTERM", service);
    await expect(readFile(join(folder, "state/secrets.env"))).rejects.toThrow("ENOENT");
  });

  it("leaves no process after SIGTERM to npm, which is what systemd and CI send", async () => {
    const [port, inferencePort] = await freePorts();
    const service = start({ PORT: port, INFERENCE_PORT: inferencePort }, ["npm", "start"]);
    onTestFinished(async () => {
      for (const line of await processesWith(folder)) process.kill(Number.parseInt(line, 10), "SIGKILL");
    });
    await service.ready;
    service.process.kill("SIGTERM");
    await service.ended;
    await expect.poll(() => processesWith(folder)).toEqual([]);
  });

  it("leaves no process when it is killed itself", async () => {
    const service = await startOnFreePorts();
    service.process.kill("SIGKILL");
    await service.ended;
    await expect.poll(() => processesWith(folder)).toEqual([]);
  });

  it.each(["SIGINT", "SIGHUP"] as const)("stops by %s while it is still starting", async (signal) => {
    const [port, inferencePort] = await freePorts();
    const service = start({ PORT: port, INFERENCE_PORT: inferencePort });
    await expect.poll(async () => (await processesWith(folder)).join()).toMatch(/wrangler/);
    await leavesNothingAfter(signal, service);
    expect(service.output()).not.toContain("is ready");
  });

  it("stops the Worker and says why when the inference server dies", async () => {
    const service = await startOnFreePorts();
    const inference = (await processesWith(folder)).find((line) => line.includes("src/inference/main.ts"));
    process.kill(Number.parseInt(inference ?? "", 10), "SIGKILL");
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain("The inference server ended by SIGKILL.");
    expect(service.output()).toMatch(/is stored in \S+, and goes on at the next start\./);
    expect(await processesWith(folder)).toEqual([]);
  });

  it("says that an endpoint of one's own is away, and draws at the edge", async () => {
    const [port, nobody] = await freePorts();
    const service = start({ PORT: port, INFERENCE_URL: `http://127.0.0.1:${nobody}` });
    await service.ready;
    expect(service.output()).toContain(
      'Note: endpoint "endpoint" is unreachable: the edge engine draws until it answers, smaller; stylizations wait.\n',
    );
    await leavesNothingAfter("SIGINT", service);
  });

  it("shows what kept it from getting ready", async () => {
    const [port] = await freePorts();
    const silent = await listen();
    const service = start({ PORT: port, INFERENCE_URL: `http://127.0.0.1:${silent}`, START_TIMEOUT: "5" });
    expect(await service.ended).toBe(1);
    expect(service.output()).toMatch(/was not ready after 5(\.0)? s: /);
    expect(await processesWith(folder)).toEqual([]);
  });
});

describe("npm start says in one sentence", () => {
  it.each(["PORT", "INFERENCE_PORT"])("that %s is in use", async (variable) => {
    const [free] = await freePorts();
    const other = variable === "PORT" ? "INFERENCE_PORT" : "PORT";
    const busy = await listen();
    const service = start({ [variable]: busy, [other]: free });
    expect(await service.ended).toBe(1);
    expect(service.output().trim()).toBe(
      `Port ${busy} is in use: stop what listens there, or set ${variable} to another port.`,
    );
  });

  it("that a model is missing", async () => {
    const [port, inferencePort] = await freePorts();
    const service = start({ PORT: port, INFERENCE_PORT: inferencePort, MODELS: "", MODELS_DIR: folder });
    expect(await service.ended).toBe(1);
    const missing = join(folder, FIRST, "1/model.onnx");
    expect(service.output().trim()).toBe(
      `${missing} is missing: set MODELS_DIR to a folder that has it, or MODEL_SUFFIX to a variant that is there.`,
    );
  });

  it("that a model cannot be loaded, without waiting for START_TIMEOUT", async () => {
    for (const { id } of STYLES) {
      await cp(join(ROOT, `models/ttn_${id}_int8`), join(folder, `models/ttn_${id}_int8`), {
        recursive: true,
      });
    }
    await writeFile(join(folder, "models", FIRST, "1/model.onnx"), "no network");
    const [port, inferencePort] = await freePorts();
    const models = { MODELS: "", MODELS_DIR: join(folder, "models") };
    const service = start({ PORT: port, INFERENCE_PORT: inferencePort, ...models, START_TIMEOUT: "3600" });
    expect(await service.ended).toBe(1);
    expect(service.output().trim().split("\n").at(-1)).toMatch(
      new RegExp(`^The model ${FIRST} cannot be loaded: .*Protobuf parsing failed\\.$`),
    );
    expect(service.output()).not.toMatch(/not_ready|model_failed/);
  });

  it("that the list of styles is missing", async () => {
    for (const path of ["src/cli", "package.json", "wrangler.toml"]) {
      await cp(join(ROOT, path), join(folder, path), { recursive: true });
    }
    const service = start({}, [process.execPath, join(folder, "src/cli/start.mjs")]);
    expect(await service.ended).toBe(1);
    expect(service.output().trim()).toBe(
      `${join(folder, "models/styles.json")} is missing: put the folder models back, which says which styles there are.`,
    );
  });

  it.each([
    [
      { ALLOWED_SOURCES: "https://example.com" },
      'ALLOWED_SOURCES: "https://example.com" is no host pattern; write example.com, *.example.com, host:port, host/path or *',
    ],
    [
      { CACHE_MAX_AGE: "-1", INFERENCE_URL: "localhost" },
      'INFERENCE_URL must be an http or https URL without query.\nCACHE_MAX_AGE must be a whole number from 0 to 31536000, not "-1".',
    ],
  ])("that the Worker could not read %j", async (variables, complaint) => {
    const service = start(variables);
    expect(await service.ended).toBe(1);
    expect(service.output().trim()).toBe(complaint);
  });

  it("that Node is too old, before it needs anything of a newer one", async () => {
    const old = join(folder, "old.mjs");
    await writeFile(old, 'Object.defineProperty(process, "versions", { value: { node: "18.20.8" } });');
    const service = start({ NODE_OPTIONS: `--import=${old}` });
    expect(await service.ended).toBe(1);
    expect(service.output().trim()).toBe(
      "This is Node 18.20.8; stylegate needs Node 20 or newer (https://nodejs.org).",
    );
  });

  it("that npm is missing, in a checkout where nothing is installed", async () => {
    for (const path of [
      "src/cli",
      "package.json",
      "package-lock.json",
      "wrangler.toml",
      "models/styles.json",
    ]) {
      await cp(join(ROOT, path), join(folder, path), { recursive: true });
    }
    const service = start({ PATH: folder, npm_execpath: "" }, [
      process.execPath,
      join(folder, "src/cli/start.mjs"),
    ]);
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain("npm is not on the PATH: install Node 20 or newer together with npm.");
  });
});

function start(env: Record<string, string>, command?: string[]): Service {
  const service = startService({ STATE_DIR: join(folder, "state"), ...env }, command);
  started.push(service);
  return service;
}

/** A signal that asks a service to end. */
async function leavesNothingAfter(signal: NodeJS.Signals, service: Service): Promise<void> {
  service.process.kill(signal);
  expect(await service.ended).toBe(0);
  expect(await processesWith(folder)).toEqual([]);
}

async function startOnFreePorts(): Promise<Service> {
  const [port, inferencePort] = await freePorts();
  const service = start({ PORT: port, INFERENCE_PORT: inferencePort });
  await service.ready;
  return service;
}

/** A port that somebody listens on until the test ends. */
async function listen(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  listeners.push(server);
  await once(server, "listening");
  return portOf(server);
}
