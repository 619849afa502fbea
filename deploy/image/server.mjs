/**
 * `node deploy/image/server.mjs FOLDER`, while the embedded server's image is built: copies to FOLDER the files that the server consists of, and to
 * FOLDER/node_modules the packages that they import, with those that these depend on. The Worker's and the tests' packages stay behind, and
 * so do onnxruntime-node's binaries for other systems: the image would be five times as large.
 */
import { cp, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../../src/cli/command-line.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = "src/inference/main.ts";

/** What packages need while they are installed alone: onnxruntime-node's script fetches CUDA libraries with these. */
const INSTALLING = { "onnxruntime-node": ["adm-zip", "global-agent"] };

/** Imports at the top of a file, types aside; imports within; and files that are named for a thread. */
const IMPORTS = [
  /^(?:import|export)\s(?!type\b)(?:[^"]*?\sfrom\s)?"([^"]+)"/gm,
  /\bimport\("([^"]+)"\)/g,
  /\bnew URL\("(\.[^"]+)", import\.meta\.url\)/g,
];

/**
 * The files that a file imports, and those that they do, with all packages.
 *
 * @param {string} path
 * @param {{ files: Set<string>, packages: Set<string> }} found
 */
async function follow(path, found) {
  if (found.files.has(path)) return found;
  found.files.add(path);
  if (!path.endsWith(".ts")) return found;
  const text = await readFile(join(ROOT, path), "utf8");
  for (const [, name = ""] of IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)])) {
    if (name.startsWith(".")) await follow(join(dirname(path), name), found);
    else if (!name.startsWith("node:")) found.packages.add(packageOf(name));
  }
  return found;
}

/** "@opentelemetry/api/build/x" is a file of "@opentelemetry/api". */
const packageOf = (/** @type {string} */ name) =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * Folders of these packages and of all that they depend on, each found as Node finds it: from the folder of whoever asks, upwards.
 *
 * @param {Iterable<string>} names
 * @param {string} from
 * @param {Set<string>} found
 */
async function resolve(names, from, found) {
  for (const name of names) {
    const folder = await nearest(name, from);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const skipped = Reflect.get(INSTALLING, name) ?? [];
    const needed = Object.keys(dependencies).filter((dependency) => !skipped.includes(dependency));
    await resolve(needed, folder, found);
  }
  return found;
}

/**
 * @param {string} name
 * @param {string} from
 * @returns {Promise<string>}
 */
async function nearest(name, from) {
  const folder = join(from, "node_modules", name);
  const isThere = await readFile(join(folder, "package.json")).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  if (from === dirname(from)) throw new Error(`${name} is not installed`);
  return nearest(name, dirname(from));
}

const USAGE = `Copies the embedded server, and the packages that it imports, for its image.

  node deploy/image/server.mjs FOLDER
`;

await command({ usage: USAGE, takes: [1, 1] }, async ({ positionals: [target = ""] }) => {
  const { files, packages } = await follow(MAIN, { files: new Set(), packages: new Set() });
  for (const file of files) await cp(join(ROOT, file), join(target, file));

  const own = join("bin", "napi-v6", process.platform, process.arch);
  for (const folder of await resolve(packages, ROOT, new Set())) {
    const name = relative(join(ROOT, "node_modules"), folder);
    await cp(folder, join(target, "node_modules", name), {
      recursive: true,
      filter: (source) => {
        const inside = relative(folder, source);
        if (inside.startsWith("node_modules")) return false; // copied by itself, where it is needed
        if (name !== "onnxruntime-node" || !inside.startsWith("bin")) return true;
        return own.startsWith(inside) || inside.startsWith(own);
      },
    });
    console.log(name);
  }
});
