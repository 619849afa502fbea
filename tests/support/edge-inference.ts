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
const NAME = "edge-inference";
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
      name: NAME,
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
      if (metrics.includes("stylegate_edge_inference_requests " + count)) break;
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
  /** Milliseconds that workerd took to start, with its code compiled. */
  start: number;
  /** Bytes that its isolate holds. */
  memory: () => Promise<Memory>;
  stop: () => Promise<void>;
};

/** WebAssembly's memory, all other array buffers, and what JavaScript's objects take besides. */
export type Memory = { wasm: number; buffers: number; heap: number };

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
        serviceBindings: { EDGE_INFERENCE: NAME },
        ...(worker.compatibilityDate ? { compatibilityDate: worker.compatibilityDate } : {}),
      },
      worker,
    ],
    inspectorPort: 0,
    handleStructuredLogs: ({ message }) => void log.push(message),
  });
  const since = performance.now();
  const miniflare = new Miniflare(options);
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const start = performance.now() - since;
  const stop = async () => {
    await miniflare.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  const memory = async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const wasm = Number(/^stylegate_edge_inference_wasm_bytes (\d+)$/m.exec(metrics)?.[1]);
    const inspector = new URL(`/core:user:${NAME}`, await miniflare.getInspectorURL());
    const { usedSize, backingStorageSize } = await heapUsage(inspector);
    return { wasm, buffers: backingStorageSize, heap: usedSize };
  };
  return { url, gzip, log, start, memory, stop };
}

/** What V8 says of an isolate, after collecting its garbage. */
async function heapUsage(inspector: URL): Promise<{ usedSize: number; backingStorageSize: number }> {
  const socket = new WebSocket(inspector);
  try {
    return await new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error(`${inspector} does not answer`));
      socket.onopen = () => {
        socket.send(JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" }));
        socket.send(JSON.stringify({ id: 2, method: "Runtime.getHeapUsage" }));
      };
      socket.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(String(data));
        if (id === 2) resolve(result);
      };
    });
  } finally {
    socket.close();
  }
}
