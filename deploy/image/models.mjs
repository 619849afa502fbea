/**
 * `node deploy/image/models.mjs SUFFIX FOLDER`, while an image is built: copies to FOLDER, a model repository, the networks of all styles whose
 * names end so, and those that look for faces and people. A server loads whatever is there, and each costs memory and time at the start.
 */
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODELS = fileURLToPath(new URL("../../models", import.meta.url));
const [suffix, target] = process.argv.slice(2);
if (suffix === undefined || !target) throw new Error("which, and where to?");
const { styles } = JSON.parse(await readFile(join(MODELS, "styles.json"), "utf8"));
const names = styles.map((/** @type {{ id: string }} */ { id }) => `ttn_${id}${suffix}`);
for (const name of [...names, "face_detector", "person_segmenter"]) {
  await cp(join(MODELS, name), join(target, name), { recursive: true });
  console.log(name);
}
