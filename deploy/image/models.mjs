/**
 * `node deploy/image/models.mjs SUFFIX FOLDER`, while an image is built: copies to FOLDER, a model repository, the networks of all styles whose
 * names end so, and those that look for faces and people. A server loads whatever is there, and each costs memory and time at the start.
 */
import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command, misused } from "../../src/cli/command-line.mjs";
import { unusable } from "../../src/cli/refused.mjs";

const MODELS = fileURLToPath(new URL("../../models", import.meta.url));

const USAGE = `Copies the networks of all styles whose names end so, and those that look for faces and people, to a model repository.

  node deploy/image/models.mjs SUFFIX FOLDER

  SUFFIX   _int8, _fp16, _edge, or "" for those of single precision
  FOLDER   is made where it is not there
`;

await command({ usage: USAGE, takes: [2, 2] }, async ({ positionals: [suffix = "", target = ""] }) => {
  if (target === "") throw misused("FOLDER says where to: it is empty.");
  const { styles } = JSON.parse(await readFile(join(MODELS, "styles.json"), "utf8"));
  const drawing = styles.map((/** @type {{ id: string }} */ { id }) => `ttn_${id}${suffix}`);
  const names = [...drawing, "face_detector", "person_segmenter"];
  const missing = names.find((name) => !existsSync(join(MODELS, name)));
  if (missing)
    throw misused(`models/ has no ${missing}: SUFFIX is _int8, _fp16, _edge or "", not "${suffix}".`);
  for (const name of names) {
    await cp(join(MODELS, name), join(target, name), { recursive: true }).catch((error) => {
      throw unusable(target, error, "written");
    });
    console.log(name);
  }
});
