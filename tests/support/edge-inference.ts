import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_readConfig } from "wrangler";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIG = join(ROOT, "src/edge-inference/wrangler.toml");
const TYPES = { ".js": "ESModule", ".wasm": "CompiledWasm", ".onnx": "Data" } as const;

/** The edge engine as it is deployed: bundled by wrangler. */
export type Bundled = {
  worker: V4WorkerOptions;
  /** KiB of the whole bundle, compressed, as wrangler says. */
  gzip: number;
};

/** @param folder that the bundle goes to */
export async function bundleEdgeInference(folder: string): Promise<Bundled> {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", `--config=${CONFIG}`, `--outdir=${folder}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  const list = (await readdir(folder)).flatMap((name) => {
    const type = Object.entries(TYPES).find(([end]) => name.endsWith(end))?.[1];
    return type ? [{ type, path: join(folder, name) }] : [];
  });
  list.sort((a, b) => Number(b.type === "ESModule") - Number(a.type === "ESModule")); // the first is the Worker
  const { compatibility_date = "", compatibility_flags } = unstable_readConfig({ config: CONFIG });
  return {
    worker: {
      name: "edge-inference",
      modules: list,
      modulesRoot: folder,
      compatibilityDate: compatibility_date,
      compatibilityFlags: compatibility_flags,
    },
    gzip: Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1] ?? Number.NaN),
  };
}

/**
 * Asks the engine through a binding, as the other Worker does. A request with the header `Leave-When: 2` goes away as soon as two are under
 * way, itself among them; it is answered with 499 then.
 */
const CALLER = `export default {
  async fetch(request, { EDGE_INFERENCE }) {
    const leaving = new AbortController();
    const asked = EDGE_INFERENCE.fetch(request, { signal: leaving.signal });
    let isOver = false;
    const answer = asked.catch(() => new Response(null, { status: 499 })).finally(() => { isOver = true; });
    const count = request.headers.get("Leave-When");
    while (count && !isOver) {
      const metrics = await (await EDGE_INFERENCE.fetch("http://edge/metrics")).text();
      if (metrics.includes("stylegate_edge_requests " + count)) break;
    }
    if (count) leaving.abort();
    return answer;
  },
};`;

export type EdgeInference = {
  url: string;
  gzip: number;
  /** The lines of its log so far. */
  log: string[];
  stop: () => Promise<void>;
};

/** The edge engine, in a workerd of its own, behind a Worker that passes requests on. */
export async function startEdgeInference(): Promise<EdgeInference> {
  const folder = await mkdtemp(join(tmpdir(), "stylegate-edge-inference-"));
  const { worker, gzip } = await bundleEdgeInference(folder);
  const log: string[] = [];
  const options = convertV4MiniflareOptions({
    workers: [
      {
        name: "caller",
        modules: true,
        script: CALLER,
        serviceBindings: { EDGE_INFERENCE: "edge-inference" },
        ...(worker.compatibilityDate ? { compatibilityDate: worker.compatibilityDate } : {}),
      },
      worker,
    ],
    handleStructuredLogs: ({ message }) => void log.push(message),
  });
  const miniflare = new Miniflare(options);
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const stop = async () => {
    await miniflare.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, gzip, log, stop };
}
