import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { capture, lastLines } from "./command.mjs";
import { whenChanged } from "./stamp.mjs";

const VENV = join(ROOT, ".venv");
const TRAINING = join(ROOT, "training");
const NAMES = ["python3.13", "python3.12", "python3.11", "python3"];
const CPU_WHEELS = "https://download.pytorch.org/whl/cpu";

/**
 * Makes .venv with the versions that training/requirements.txt pins and the package dctnet, unless it is there.
 *
 * @returns {Promise<string>} the folder of its programs
 */
export async function ensurePython() {
  const inputs = await Promise.all(
    ["requirements.txt", "pyproject.toml"].map((name) => readFile(join(TRAINING, name), "utf8")),
  );
  await whenChanged(join(VENV, ".stylegate"), inputs, async () => {
    const python = await findPython();
    await step("Installing the Python packages (once)", () => install(python));
  });
  return join(VENV, "bin");
}

/** The first program that is Python 3.11 or newer. */
export async function findPython(names = NAMES) {
  for (const name of names) {
    const { code, output } = await capture(name, ["-c", "import sys; print(sys.version_info >= (3, 11))"]);
    if (code === 0 && output.trim() === "True") return name;
  }
  throw new Complaint(
    `No Python 3.11 or newer was found as ${names.join(", ")}: install it (https://python.org).`,
  );
}

/** @param {string} python */
async function install(python) {
  const venv = join(VENV, "bin", "python");
  if ((await capture(venv, ["-m", "pip", "--version"])).code !== 0) {
    const made = await capture(python, ["-m", "venv", "--clear", VENV]);
    if (made.code !== 0) {
      throw new Complaint(
        `${python} could not make .venv (on Debian, install python3-venv):\n${lastLines(made.output)}`,
      );
    }
  }
  const requirements = ["-r", join(TRAINING, "requirements.txt"), "-e", TRAINING];
  const { code, output } = await capture(venv, [
    "-m",
    "pip",
    "install",
    ...(await cpuWheels(venv)),
    ...requirements,
  ]);
  if (code !== 0) throw new Complaint(`pip install failed:\n${lastLines(output)}`);
}

/**
 * PyPI's torch for Linux brings 3 GB of CUDA; PyTorch's own index has the same version for CPUs. Where a person has told pip where to
 * look, that stands, and so does a machine with a GPU.
 *
 * @param {string} venv
 */
async function cpuWheels(venv) {
  if (process.platform !== "linux" || (await capture("nvidia-smi", ["-L"])).code === 0) return [];
  const { output } = await capture(venv, ["-m", "pip", "config", "list"]);
  return /(index-url|find-links|no-index)=/.test(output) ? [] : ["--extra-index-url", CPU_WHEELS];
}
