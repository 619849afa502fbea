/**
 * `node deploy/image/models.mjs SUFFIX FOLDER`, while an image is built: copies to FOLDER, a model repository, the networks of all styles whose
 * names end so (_int8, _fp16, _edge, or "" for those of single precision), and those that look for faces and people. A server loads whatever is there, and
 * each costs memory and time at the start. It imports nothing of the project: the images have this folder and models/ alone.
 */
import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODELS = fileURLToPath(new URL("../../models", import.meta.url));

const [suffix, target, ...others] = process.argv.slice(2);
if (suffix === undefined || !target || others.length > 0)
  refuse("It takes two arguments: node deploy/image/models.mjs SUFFIX FOLDER.");
const { styles } = JSON.parse(await readFile(join(MODELS, "styles.json"), "utf8"));
const drawing = styles.map((/** @type {{ id: string }} */ { id }) => `ttn_${id}${suffix}`);
const names = [...drawing, "face_detector", "person_segmenter"];
const missing = names.find((name) => !existsSync(join(MODELS, name)));
if (missing) refuse(`models/ has no ${missing}: SUFFIX is _int8, _fp16, _edge or "", not "${suffix}".`);
for (const name of names) {
  await cp(join(MODELS, name), join(target, name), { recursive: true }).catch((error) =>
    refuse(`${target} cannot be written: ${error.message}.`),
  );
  console.log(name);
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}
