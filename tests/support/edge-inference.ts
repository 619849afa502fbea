import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { type Bundle, bundle } from "./bundle.ts";

const NAME = "edge-inference";

/** The edge engine as it is deployed, as one of several Workers. */
export async function edgeInference(): Promise<{ worker: Bundle["code"] & { name: string }; gzip: number }> {
  const { code, gzip } = await bundle("src/edge-inference/wrangler.toml");
  return { worker: { name: NAME, ...code }, gzip };
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

/**
 * The engine where memory may be short: from `PUT /memory/short` on those that it has grow no more, `/memory/none` no memory at all, until
 * `/memory/enough`. `GET /memory` tells how many there are.
 */
const SHORT_OF_MEMORY = `import engine from "./index.js";
const { Memory } = WebAssembly;
const memories = [];
let short = new WeakSet();
let hasNone = false;
WebAssembly.Memory = class extends Memory {
  constructor(limits) {
    super(limits);
    if (limits.initial > 0) memories.push(new WeakRef(this));
  }
  grow(pages) {
    if (hasNone || short.has(this)) throw new RangeError("the memory is not to grow");
    return super.grow(pages);
  }
};
const there = () => memories.flatMap((reference) => reference.deref() ?? []);
export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/memory")) return engine.fetch(request, env, context);
    if (request.method === "PUT") {
      short = new WeakSet(pathname === "/memory/short" ? there() : []);
      hasNone = pathname === "/memory/none";
    }
    return new Response(String(there().length));
  },
};`;

/** A bundled Worker behind another first module, which imports it. */
function withEntry<Worker extends { modulesRoot: string; modules: object[] }>(entry: string, worker: Worker) {
  const first = { type: "ESModule", path: join(worker.modulesRoot, "entry.js"), contents: entry } as const;
  return { ...worker, modules: [first, ...worker.modules] };
}

export type EdgeInference = {
  url: string;
  /** KiB of the bundle, compressed. */
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

/**
 * The edge engine, in a workerd of its own, behind a Worker that passes requests on.
 *
 * @param isShort whether memory may be taken from it: `SHORT_OF_MEMORY`
 */
export async function startEdgeInference({ isShort = false } = {}): Promise<EdgeInference> {
  const { worker: deployed, gzip } = await edgeInference();
  const worker = isShort ? withEntry(SHORT_OF_MEMORY, deployed) : deployed;
  const log: string[] = [];
  const options = convertV4MiniflareOptions({
    workers: [
      {
        name: "caller",
        modules: true,
        script: CALLER,
        serviceBindings: { EDGE_INFERENCE: NAME },
        compatibilityDate: worker.compatibilityDate,
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
  const stop = () => miniflare.dispose();
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
