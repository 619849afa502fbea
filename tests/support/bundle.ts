import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  glob,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig } from "wrangler";
import { ROOT } from "../../src/cli/root.mjs";
import { quiet } from "../../src/cli/serve/servers.mjs";

/** A Worker as it is deployed: what wrangler bundles of it, under its configuration. */
export type Bundle = {
  /** As Miniflare takes them; the first module is the Worker itself. */
  code: {
    modulesRoot: string;
    modules: { type: (typeof TYPES)[keyof typeof TYPES]; path: string }[];
    compatibilityDate: string;
    compatibilityFlags: string[];
  };
  /** KiB of the whole, compressed, as wrangler says. */
  gzip: number;
};

const TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm", ".onnx": "Data" } as const;

const STATE = join(ROOT, ".wrangler");
const CACHE = join(STATE, "bundles");
/** What a bundle may be made of. */
const SOURCES = ["src", "models", "wrangler.toml", "package-lock.json", "tsconfig.json"];
/** Milliseconds after which a bundle that was not asked for is removed. */
const UNUSED = 24 * 60 * 60 * 1000;

/**
 * Bundles a Worker as `wrangler deploy` does; a bundle of files that have not changed since is taken again, by whatever process asks.
 *
 * @param config its wrangler.toml, from the root
 */
export async function bundle(config: string): Promise<Bundle> {
  const folder = join(CACHE, await stampOf(config));
  const now = new Date();
  const isThere = await utimes(folder, now, now).then(
    () => true,
    () => false,
  );
  if (!isThere) await make(config, folder);
  const { compatibility_date = "", compatibility_flags } = unstable_readConfig({
    config: join(ROOT, config),
  });
  const modules = (await readdir(folder)).flatMap((name) => {
    const type = Object.entries(TYPES).find(([end]) => name.endsWith(end))?.[1];
    return type ? [{ type, path: join(folder, name) }] : [];
  });
  modules.sort((a, b) => Number(b.type === "ESModule") - Number(a.type === "ESModule"));
  return {
    code: {
      modulesRoot: folder,
      modules,
      compatibilityDate: compatibility_date,
      compatibilityFlags: compatibility_flags,
    },
    gzip: Number(/gzip: ([\d.]+) KiB/.exec(await readFile(join(folder, SAID), "utf8"))?.[1] ?? Number.NaN),
  };
}

/** A file of the bundle's folder: what wrangler said. */
const SAID = "wrangler.txt";

/** Appears as a whole: two processes may make the same. */
async function make(config: string, folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  await removeUnused();
  const fresh = await mkdtemp(join(CACHE, "fresh-"));
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", `--config=${join(ROOT, config)}`, `--outdir=${fresh}`];
  const env = { ...process.env, ...quiet(STATE) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  await writeFile(join(fresh, SAID), stdout);
  await rename(fresh, folder).catch(async (error) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(fresh, { recursive: true });
  });
}

async function removeUnused(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > UNUSED) await rm(path, { recursive: true, force: true });
  }
}

/** Changes with every file that is written: names, sizes and times are read, not what is in them. */
async function stampOf(config: string): Promise<string> {
  const hash = createHash("sha256").update(config);
  for (const source of SOURCES) {
    for (const path of await pathsOf(source)) {
      const { size, mtimeMs } = await stat(join(ROOT, path));
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** A file itself, or all that are under a folder and written by people, in order; tests are no part of a Worker. */
async function pathsOf(source: string): Promise<string[]> {
  if (!(await stat(join(ROOT, source))).isDirectory()) return [source];
  const found = await Array.fromAsync(glob(`${source}/**/*.*`, { cwd: ROOT, exclude: isGenerated }));
  return found.filter((path) => !/\.test\.ts$/.test(path)).sort();
}

/** Left out without a look inside: wrangler removes what it writes there at any time. */
const isGenerated = (path: string) => /(?:^|\/)(?:node_modules|dist|\.wrangler)$/.test(path);
