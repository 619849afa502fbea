import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ModelConfig, parseModelConfig, type VersionPolicy } from "./model-config.ts";

/** A model that the folder holds; `versions` are those to serve, the highest first. */
export type StoredModel = { config: ModelConfig; versions: { version: number; path: string }[] };

/** A model folder as found; a broken one says why, in one sentence fit for a log. */
export type Found = { name: string; model: StoredModel } | { name: string; problem: string };

/** The folder itself cannot be served; the message is one sentence for whoever starts the server. */
export class RepositoryError extends Error {
  override readonly name = "RepositoryError";
}

/**
 * Lists a Triton model repository, MODEL/config.pbtxt and MODEL/VERSION/model.onnx. `wanted` names the models to serve;
 * null means every folder that has a config.pbtxt. Throws RepositoryError where the folder or a wanted model is missing.
 */
export async function readRepository(folder: string, wanted: readonly string[] | null): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new RepositoryError(`The model folder ${folder} (MODELS_DIR) cannot be read.`);
  });
  const present: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
    if (await isFile(join(folder, entry.name, "config.pbtxt"))) present.push(entry.name);
  }
  const missing = wanted?.find((name) => !present.includes(name));
  if (missing !== undefined) {
    throw new RepositoryError(
      `The model "${missing}" (MODELS) is not in ${folder}: there is no ${missing}/config.pbtxt.`,
    );
  }
  const names = wanted ?? present.sort();
  if (names.length === 0) {
    throw new RepositoryError(
      `The model folder ${folder} (MODELS_DIR) holds no model: there is no MODEL/config.pbtxt.`,
    );
  }
  return Promise.all(names.map((name) => read(folder, name)));
}

async function read(folder: string, name: string): Promise<Found> {
  try {
    const config = parseModelConfig(await readFile(join(folder, name, "config.pbtxt"), "utf8"), name);
    const stored: number[] = [];
    for (const entry of await readdir(join(folder, name))) {
      if (/^[1-9]\d{0,8}$/.test(entry) && (await isFile(join(folder, name, entry, config.file)))) {
        stored.push(Number(entry));
      }
    }
    const versions = choose(stored, config.versions);
    if (versions.length === 0) return { name, problem: `there is no VERSION/${config.file} to serve` };
    const path = (version: number): string => join(folder, name, String(version), config.file);
    return {
      name,
      model: { config, versions: versions.map((version) => ({ version, path: path(version) })) },
    };
  } catch (error) {
    return { name, problem: `config.pbtxt: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function choose(stored: number[], policy: VersionPolicy): number[] {
  const falling = [...stored].sort((a, b) => b - a);
  if (policy.kind === "latest") return falling.slice(0, policy.count);
  if (policy.kind === "specific") return falling.filter((version) => policy.versions.includes(version));
  return falling;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
