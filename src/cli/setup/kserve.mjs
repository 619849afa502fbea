import { join } from "node:path";
import { ensureVenv } from "./venv.mjs";

/**
 * Installs KServe's ModelServer, unless it is there.
 *
 * @returns {Promise<string>} its Python
 */
export async function ensureKserve() {
  const venv = await ensureVenv({
    what: "KServe",
    folder: ".venv-kserve",
    requirements: "tests/conformance/servers/kserve/requirements.txt",
  });
  return join(venv, "bin", "python");
}
