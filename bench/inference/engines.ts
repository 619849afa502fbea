import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ort from "onnxruntime-node";
import { ensurePython } from "../../src/cli/setup/python.mjs";
import { sessionOptions } from "../../src/inference/engine/session.ts";
import { startEdgeInference } from "../../tests/support/edge-inference.ts";
import { startInference, variables } from "../../tests/support/inference.ts";
import { noise } from "../../tests/support/random.ts";
import { ask, question } from "./ask.ts";

/** Something that draws pictures; `run` tells the milliseconds of one request. */
export type Engine = {
  name: string;
  run: (side: number, batch: number) => Promise<number>;
  /** Pixels of a side that it takes at most, where that is few. */
  largest?: number;
  /** Of the server's process, where there is one of ours. */
  residentMb?: () => number;
  stop: () => Promise<void>;
};

const MODELS = fileURLToPath(new URL("../../models", import.meta.url));
export const fileOf = (model: string): string => join(MODELS, model, "1", "model.onnx");

/** ONNX Runtime as Python comes with it, without a server: what a reader has who installs nothing of this. */
export async function python(model: string): Promise<Engine> {
  const program = join(await ensurePython(), "python");
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const child = spawn(program, [script, fileOf(model)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? "";
  return {
    name: `Python onnxruntime ${await next()}`,
    run: async (side, batch) => {
      child.stdin.write(`${side} ${batch}\n`);
      return Number(await next());
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.stdin.end();
      await exited;
    },
  };
}

/** The runtime alone with the server's options: no server can be faster. */
export async function inProcess(model: string): Promise<Engine> {
  const session = await ort.InferenceSession.create(fileOf(model), sessionOptions(availableParallelism()));
  return {
    name: "in process, no server",
    run: async (side, batch) => {
      const pictures = new ort.Tensor("uint8", noise(batch * side * side * 3), [batch, side, side, 3]);
      const since = performance.now();
      await session.run({ image: pictures });
      return performance.now() - since;
    },
    stop: () => session.release(),
  };
}

/** The embedded server with models of the repository; `label` by model. */
export async function embedded(labels: Record<string, string>): Promise<Engine[]> {
  const server = await startInference(Object.keys(labels), variables());
  return Object.entries(labels).map(([model, label], index) => ({
    ...remote(server.url, model),
    name: label,
    residentMb: () => residentMb(server.pid),
    stop: async () => {
      if (index === 0) await server.stop();
    },
  }));
}

/** NaN where the system does not tell. */
function residentMb(pid: number): number {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, "utf8") : "";
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** The half-width network in workerd, as it is deployed. */
export async function edge(): Promise<Engine> {
  const { url, stop } = await startEdgeInference();
  return { ...remote(url, "ttn_handdrawn_edge"), name: "edge engine, half width", largest: 384, stop };
}

/** Whatever speaks the protocol at this URL. */
export function remote(url: string, model: string): Engine {
  return {
    name: `${url} ${model}`,
    run: async (side, batch) => {
      const { milliseconds, status } = await ask(url, question(model, side, batch));
      if (status !== 200) throw new Error(`${url} answered ${status} for ${model}`);
      return milliseconds;
    },
    stop: async () => {},
  };
}
