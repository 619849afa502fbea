import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { capture, lastLines } from "./command.mjs";
import { findPython } from "./python.mjs";
import { whenChanged } from "./stamp.mjs";

const VENV = join(ROOT, ".venv-contract");
const REQUIREMENTS = join(ROOT, "tests/contract/requirements.txt");

/**
 * Installs schemathesis, unless it is there: into a folder of its own, since it has nothing to do with what the training installs, and takes
 * seconds where that takes minutes.
 *
 * @returns {Promise<string>} its program
 */
export async function ensureSchemathesis() {
  const requirements = await readFile(REQUIREMENTS, "utf8");
  await whenChanged(join(VENV, ".stylegate"), [requirements], async () => {
    const python = await findPython();
    await step("Installing schemathesis (once)", () => install(python));
  });
  return join(VENV, "bin", "schemathesis");
}

/** @param {string} python */
async function install(python) {
  const made = await capture(python, ["-m", "venv", "--clear", VENV]);
  if (made.code !== 0)
    throw new Complaint(`${python} could not make .venv-contract:\n${lastLines(made.output)}`);
  const pip = ["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS];
  const { code, output } = await capture(join(VENV, "bin", "python"), pip);
  if (code !== 0) throw new Complaint(`pip install failed:\n${lastLines(output)}`);
}
