import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

/**
 * Does an installation only when what it was made from has changed: a file inside the installed folder holds the hash of its
 * inputs, written after the installation succeeded, and gone with the folder.
 *
 * @param {string} path of the stamp
 * @param {string[]} inputs
 * @param {() => Promise<void>} install
 */
export async function whenChanged(path, inputs, install) {
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
  if ((await readFile(path, "utf8").catch(() => "")).trim() === hash) return;
  await install();
  await writeFile(path, `${hash}\n`);
}
