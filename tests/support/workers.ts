import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import type { Internet } from "./internet.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

export type Modules = {
  root: string;
  list: { type: "ESModule" | "CompiledWasm"; path: string }[];
  /** Of wrangler.toml. */
  compatibilityDate: string;
};

/** Several Workers in one workerd, the first of which answers at `url` unless a route says otherwise. */
export type Workers = { url: string; miniflare: Miniflare; stop: () => Promise<void> };

/** The Worker as it is deployed: bundled by wrangler into `folder`. */
export async function bundle(folder: string): Promise<Modules> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };
  const args = [WRANGLER, "deploy", "--dry-run", `--outdir=${folder}`];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const toml = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  const wasm = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
  return {
    root: folder,
    list: [
      { type: "ESModule", path: join(folder, "index.js") },
      ...wasm.map((name) => ({ type: "CompiledWasm" as const, path: join(folder, name) })),
    ],
    compatibilityDate: /^compatibility_date = "(.*)"$/m.exec(toml)?.[1] ?? "",
  };
}

/**
 * The bundled Worker as one of several. All that are given the same storage and flights share them, as instances do in production.
 *
 * @param flights the Worker among them whose objects coordinate this one's work
 * @param outbound answers whatever the Worker fetches
 */
export function stylegate(
  name: string,
  modules: Modules,
  bindings: Record<string, string>,
  { flights = name, outbound }: { flights?: string; outbound?: Internet } = {},
): V4WorkerOptions {
  return {
    name,
    modules: modules.list,
    modulesRoot: modules.root,
    compatibilityDate: modules.compatibilityDate,
    compatibilityFlags: ["nodejs_compat"],
    bindings,
    ...(outbound ? { outboundService: { node: outbound } } : {}),
    r2Buckets: { PICTURES: "pictures" },
    durableObjects: {
      SINGLE_FLIGHT: {
        className: "SingleFlight",
        ...(flights === name ? { useSQLite: true } : { scriptName: flights }),
      },
    },
  };
}

/** Starts Workers with storage of their own, which ends with them. */
export async function startWorkers(make: (modules: Modules) => V4WorkerOptions[]): Promise<Workers> {
  const folder = await mkdtemp(join(tmpdir(), "stylegate-workers-"));
  const modules = await bundle(folder);
  const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: make(modules) }));
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const stop = async () => {
    await miniflare.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, miniflare, stop };
}
