import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";

/** The ids of the styles that the Worker offers. @returns {Promise<string[]>} */
export async function styleIds() {
  const { styles } = JSON.parse(await readFile(join(ROOT, "models", "styles.json"), "utf8"));
  return styles.map((/** @type {{ id: string }} */ style) => style.id);
}

/**
 * Looks for the network of each style in a Triton model repository, before the server that would serve it starts.
 *
 * @param {string} modelsDir
 * @param {string[]} styles
 * @param {string} suffix MODEL_SUFFIX
 */
export async function requireModels(modelsDir, styles, suffix) {
  for (const style of styles) {
    const name = `ttn_${style}${suffix}`;
    const versions = await readdir(join(modelsDir, name)).catch(() => []);
    const files = await Promise.all(
      versions
        .filter((version) => /^\d+$/.test(version))
        .map((version) => readdir(join(modelsDir, name, version))),
    );
    if (files.some((inVersion) => inVersion.includes("model.onnx"))) continue;
    throw new Complaint(
      `${join(modelsDir, name, "1", "model.onnx")} is missing: set MODELS_DIR to a folder that has it, or MODEL_SUFFIX to a ` +
        "variant that is there.",
    );
  }
}
