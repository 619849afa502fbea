import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { capture, lastLines } from "./command.mjs";
import { findPython } from "./python.mjs";
import { whenChanged } from "./stamp.mjs";

/**
 * Installs Python packages into a folder of their own, unless they are there: what a test needs has nothing to do with what the training
 * installs, and takes seconds where that takes minutes.
 *
 * @param {object} wanted
 * @param {string} wanted.what for people
 * @param {string} wanted.folder in the repository's root
 * @param {string} wanted.requirements a file, from the root
 * @param {string[]} [wanted.flags] of pip install
 * @param {string[]} [wanted.alone] packages besides, without those that they depend on
 * @param {string[]} [wanted.pythons] programs to look for, where not every Python will do
 * @param {() => Promise<void>} [wanted.finish] what is to be done once after that
 * @returns {Promise<string>} the folder
 */
export async function ensureVenv({
  what,
  folder,
  requirements,
  flags = [],
  alone = [],
  pythons,
  finish = async () => {},
}) {
  const venv = join(ROOT, folder);
  const file = join(ROOT, requirements);
  await whenChanged(
    join(venv, ".stylegate"),
    [await readFile(file, "utf8"), ...flags, ...alone],
    async () => {
      const python = await findPython(pythons);
      await step(`Installing ${what} (once)`, async () => {
        await makeVenv(python, venv);
        await install(venv, [...flags, "-r", file]);
        if (alone.length > 0) await install(venv, ["--no-deps", ...alone]);
        await finish();
      });
    },
  );
  return venv;
}

/**
 * @param {string} python
 * @param {string} venv
 */
async function makeVenv(python, venv) {
  const made = await capture(python, ["-m", "venv", "--clear", venv]);
  if (made.code !== 0) {
    throw new Complaint(`${python} could not make ${basename(venv)}:\n${lastLines(made.output)}`);
  }
}

/**
 * @param {string} venv
 * @param {string[]} packages
 */
async function install(venv, packages) {
  // Python compiles what it loads, as it loads it; all of it would take longer than the rest.
  const pip = ["-m", "pip", "install", "--quiet", "--no-compile", ...packages];
  const { code, output } = await capture(join(venv, "bin", "python"), pip);
  if (code !== 0) throw new Complaint(`pip install failed:\n${lastLines(output)}`);
}
