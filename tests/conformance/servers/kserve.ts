import { join } from "node:path";
import { ROOT } from "../../../src/cli/root.mjs";
import { freePort } from "../../../src/cli/serve/ports.mjs";
import { ensureKserve } from "../../../src/cli/setup/kserve.mjs";
import { MODELS, type Server, started } from "./server.ts";

const PROGRAM = join(ROOT, "tests/conformance/servers/kserve/server.py");

/** KServe's ModelServer. It listens on all addresses. */
export async function startKserve(): Promise<Server> {
  const python = await ensureKserve();
  const port = await freePort();
  const folders = MODELS.map((model) => join(ROOT, "models", model));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return started("KServe", `http://127.0.0.1:${port}`, [python, PROGRAM, `${port}`, ...folders], {
    cwd: ROOT,
    env,
  });
}
