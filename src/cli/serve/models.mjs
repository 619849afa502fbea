import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";

/** The ids of the styles that the Worker offers. @returns {Promise<string[]>} */
export async function styleIds() {
  const file = join(ROOT, "models", "styles.json");
  const text = await readFile(file, "utf8").catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Complaint(`${file} is missing: put the folder models back, which says which styles there are.`);
  });
  const { styles } = JSON.parse(text);
  return styles.map((/** @type {{ id: string }} */ style) => style.id);
}

/**
 * Looks for the network of each style in a Triton model repository, before the server that would serve it starts.
 *
 * @param {string} modelsDir
 * @param {string[]} styles
 * @param {string} suffix MODEL_SUFFIX
 * @returns {Promise<Map<string, number>>} the highest version of each model that is needed
 */
export async function requireModels(modelsDir, styles, suffix) {
  const newest = new Map();
  for (const style of styles) {
    const name = `ttn_${style}${suffix}`;
    const folders = await readdir(join(modelsDir, name)).catch(() => []);
    const versions = [];
    for (const folder of folders.filter((folder) => /^\d+$/.test(folder))) {
      if ((await readdir(join(modelsDir, name, folder))).includes("model.onnx"))
        versions.push(Number(folder));
    }
    if (versions.length === 0) {
      throw new Complaint(
        `${join(modelsDir, name, "1", "model.onnx")} is missing: set MODELS_DIR to a folder that has it, or MODEL_SUFFIX to a ` +
          "variant that is there.",
      );
    }
    newest.set(name, Math.max(...versions));
  }
  return newest;
}

/**
 * What a line of the inference server's log says of a needed model that could not be loaded: the service would never be ready. An older
 * version beside the one that is asked may fail.
 *
 * @param {string} line
 * @param {Map<string, number>} newest the highest version of each model that is needed
 * @returns {string | undefined} one sentence
 */
export function modelFailure(line, newest) {
  if (!line.includes('"model_failed"')) return undefined;
  const { model, version, reason } = JSON.parse(line);
  const needed = newest.get(model);
  if (needed === undefined || (version !== undefined && Number(version) !== needed)) return undefined;
  const why = String(reason).trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return `The model ${model} cannot be loaded: ${why}.`;
}
