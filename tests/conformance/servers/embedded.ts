import { join } from "node:path";
import { ROOT } from "../../../src/cli/root.mjs";
import { freePort } from "../../../src/cli/serve/ports.mjs";
import { MODELS, type Server, started } from "./server.ts";

/** src/inference. */
export async function startEmbedded(): Promise<Server> {
  const port = await freePort();
  const env = { ...process.env, INFERENCE_PORT: `${port}`, MODELS: MODELS.join(","), LOG_LEVEL: "warn" };
  const command = [process.execPath, join(ROOT, "src/inference/main.ts")];
  return started("The embedded server", `http://127.0.0.1:${port}`, command, { cwd: ROOT, env });
}
