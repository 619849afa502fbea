import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../src/cli/root.mjs";
import { freePort } from "../../../src/cli/serve/ports.mjs";
import { ensureTriton } from "../../../src/cli/setup/triton.mjs";
import { MODELS, type Server, started } from "./server.ts";

const REPOSITORY = join(ROOT, ".conformance/triton");
/** It has settings for a GPU: without one Triton has to do without them. */
const HALF = "ttn_handdrawn_fp16";
const PROGRAM = join(ROOT, "tests/conformance/servers/triton/model.py");

/** A Triton Inference Server with the configurations of models/, in which its Python backend stands for the ONNX Runtime backend. */
export async function startTriton(): Promise<Server> {
  const { program, backends, env } = await ensureTriton();
  await rm(REPOSITORY, { recursive: true, force: true });
  for (const model of [...MODELS, HALF]) await place(model);
  const port = await freePort();
  const command = [
    program,
    `--model-repository=${REPOSITORY}`,
    `--backend-directory=${backends}`,
    "--http-address=127.0.0.1",
    `--http-port=${port}`,
    "--allow-grpc=false",
    "--allow-metrics=false",
  ];
  return started("Triton", `http://127.0.0.1:${port}`, command, { cwd: ROOT, env });
}

async function place(model: string): Promise<void> {
  const folder = join(REPOSITORY, model);
  await mkdir(join(folder, "1"), { recursive: true });
  const config = await readFile(join(ROOT, "models", model, "config.pbtxt"), "utf8");
  await writeFile(
    join(folder, "config.pbtxt"),
    withPython(config, join(ROOT, "models", model, "1/model.onnx")),
  );
  await copyFile(PROGRAM, join(folder, "1/model.py"));
}

/** Our configuration, but for the backend. */
function withPython(config: string, network: string): string {
  const changed = config.replace('backend: "onnxruntime"', 'backend: "python"');
  if (changed === config) throw new Error("the configuration does not name the ONNX Runtime backend");
  return `${changed}parameters { key: "network" value: { string_value: ${JSON.stringify(network)} } }\n`;
}
