import { join } from "node:path";
import { ensureVenv } from "./venv.mjs";

/**
 * Installs schemathesis, unless it is there.
 *
 * @returns {Promise<string>} its program
 */
export async function ensureSchemathesis() {
  const venv = await ensureVenv({
    what: "schemathesis",
    folder: ".venv-contract",
    requirements: "tests/contract/requirements.txt",
  });
  return join(venv, "bin", "schemathesis");
}
