import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import type { Internet } from "./internet.ts";
import { readWranglerConfig } from "./wrangler.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

export type Modules = {
  root: string;
  list: { type: "ESModule" | "CompiledWasm"; path: string }[];
  /** These and the variables are wrangler.toml's. */
  compatibility: { compatibilityDate: string; compatibilityFlags: string[] };
  vars: Record<string, string>;
  /** Durable Objects: bindings and classes, as wrangler.toml has them. */
  objects: { name: string; class_name: string }[];
};

/** Several Workers in one workerd, the first of which answers at `url` unless a route says otherwise. */
export type Workers = {
  url: string;
  miniflare: Miniflare;
  /** Kills workerd, whatever it is doing, and starts it anew at the same address, over the same storage. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
};

/** The Worker as it is deployed: bundled by wrangler into `folder`, under wrangler.toml's flags and variables. */
async function bundle(folder: string): Promise<Modules> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };
  const args = [WRANGLER, "deploy", "--dry-run", `--outdir=${folder}`];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const { compatibility_date = "", compatibility_flags, vars, durable_objects } = readWranglerConfig();
  const wasm = (await readdir(folder)).filter((name) => name.endsWith(".wasm"));
  return {
    root: folder,
    list: [
      { type: "ESModule", path: join(folder, "index.js") },
      ...wasm.map((name) => ({ type: "CompiledWasm" as const, path: join(folder, name) })),
    ],
    compatibility: { compatibilityDate: compatibility_date, compatibilityFlags: compatibility_flags },
    vars,
    objects: durable_objects.bindings,
  };
}

/**
 * The bundled Worker as one of several. All that are given the same storage and flights share them, as instances do in production; one of them takes the queue's messages.
 *
 * @param variables those that are not wrangler.toml's; nobody is asked for a key unless they say so
 * @param flights the Worker among them whose objects coordinate this one's work
 * @param edge the Worker among them that draws where no endpoint does (edge-inference.ts)
 * @param outbound answers whatever the Worker fetches
 */
export function stylegate(
  name: string,
  modules: Modules,
  variables: Record<string, string>,
  { flights = name, outbound, edge }: { flights?: string; outbound?: Internet; edge?: string } = {},
): V4WorkerOptions {
  return {
    name,
    modules: modules.list,
    modulesRoot: modules.root,
    ...modules.compatibility,
    bindings: { ...modules.vars, AUTH: "open", ...variables },
    ...(outbound ? { outboundService: { node: outbound } } : {}),
    ...(edge === undefined ? {} : { serviceBindings: { EDGE_INFERENCE: edge } }),
    r2Buckets: { PICTURES: "pictures" },
    durableObjects: Object.fromEntries(
      modules.objects.map(({ name: binding, class_name: className }) => [
        binding,
        { className, ...(flights === name ? { useSQLite: true } : { scriptName: flights }) },
      ]),
    ),
    queueProducers: { JOB_QUEUE: "stylizations" },
    ...(flights === name
      ? { queueConsumers: { stylizations: { maxBatchSize: 1, maxBatchTimeout: 0 } } }
      : {}),
  };
}

/** Starts Workers with storage of their own, which ends with them. */
export async function startWorkers(make: (modules: Modules) => V4WorkerOptions[]): Promise<Workers> {
  const folder = await mkdtemp(join(tmpdir(), "stylegate-workers-"));
  const modules = await bundle(folder);
  const options = () => convertV4MiniflareOptions({ workers: make(modules) });
  const miniflare = new Miniflare(options());
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const restart = async () => {
    await miniflare.setOptions({ ...options(), port: Number(new URL(url).port) });
  };
  const stop = async () => {
    await miniflare.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, miniflare, restart, stop };
}
