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
 * The engine where its runtime may fail: from `PUT /memory/short` on its memory does not grow until it is started anew, `/memory/none` not at
 * all until `/memory/enough`. `PUT /memory/torn` has the next run end in the middle, its memory as large as it may be and full of rubbish; to
 * ask anything of a torn instance throws. `GET /memory` tells the bytes of each memory that was ever made, as though none were collected.
 */
const FAILING = `import engine from "./index.js";
const { Memory, Instance, RuntimeError } = WebAssembly;
const memories = [];
let isShort = false;
let hasNone = false;
let isToTear = false;
WebAssembly.Memory = class extends Memory {
  constructor(limits) {
    super(limits);
    if (limits.initial > 0) memories.push(this);
  }
  grow(pages) {
    if (hasNone || isShort) throw new RangeError("the memory is not to grow");
    return super.grow(pages);
  }
};
function growAll() {
  for (const memory of memories) {
    try {
      for (;;) memory.grow(1);
    } catch {}
  }
}
const wrapped = (functions, wrap) =>
  Object.fromEntries(Object.entries(functions).map(([name, value]) => [name, typeof value === "function" ? wrap(value) : value]));
WebAssembly.Instance = function (code, imports) {
  isShort = false;
  let isTorn = false;
  let depth = 0;
  const torn = (imported) => (...given) => {
    if (!isToTear) return imported(...given);
    isToTear = false;
    isTorn = true;
    growAll();
    for (const { buffer } of memories) new Uint8Array(buffer).fill(255);
    throw new RuntimeError("torn in the middle");
  };
  const asked = (exported) => (...given) => {
    if (isTorn && depth === 0) throw new RuntimeError("something is asked of a torn instance");
    depth++;
    try {
      return exported(...given);
    } finally {
      depth--;
    }
  };
  const modules = Object.entries(imports).map(([name, module]) => [name, wrapped(module, torn)]);
  return { exports: wrapped(new Instance(code, Object.fromEntries(modules)).exports, asked) };
};
export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/memory")) return engine.fetch(request, env, context);
    if (request.method === "PUT") {
      isShort = pathname === "/memory/short";
      hasNone = pathname === "/memory/none";
      isToTear = pathname === "/memory/torn";
    }
    return Response.json(memories.map(({ buffer }) => buffer.byteLength));
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
  /** Bytes that its isolate holds, after its garbage is collected or as it is. */
  memory: (garbage?: "collected" | "left") => Promise<Memory>;
  stop: () => Promise<void>;
};

/** WebAssembly's memory, all other array buffers, and what JavaScript's objects take besides. */
export type Memory = { wasm: number; buffers: number; heap: number };

/**
 * The edge engine, in a workerd of its own, behind a Worker that passes requests on.
 *
 * @param mayFail whether its runtime may be made to: `FAILING`
 */
export async function startEdgeInference({ mayFail = false } = {}): Promise<EdgeInference> {
  const { worker: deployed, gzip } = await edgeInference();
  const worker = mayFail ? withEntry(FAILING, deployed) : deployed;
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
  const memory = async (garbage: "collected" | "left" = "collected") => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const wasm = Number(/^stylegate_edge_inference_wasm_bytes (\d+)$/m.exec(metrics)?.[1]);
    const inspector = new URL(`/core:user:${NAME}`, await miniflare.getInspectorURL());
    const { usedSize, backingStorageSize } = await heapUsage(inspector, garbage);
    return { wasm, buffers: backingStorageSize, heap: usedSize };
  };
  return { url, gzip, log, start, memory, stop };
}

/** What V8 says of an isolate. */
async function heapUsage(
  inspector: URL,
  garbage: "collected" | "left",
): Promise<{ usedSize: number; backingStorageSize: number }> {
  const socket = new WebSocket(inspector);
  try {
    return await new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error(`${inspector} does not answer`));
      socket.onopen = () => {
        if (garbage === "collected") {
          socket.send(JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" }));
        }
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
