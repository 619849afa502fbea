/**
 * `npm run bench:edge-engine`: the edge engine in workerd, as it is deployed: how long it takes from nothing to a first picture, what memory
 * it holds after it has drawn with every network at its largest size, and how long a picture takes when it is warm, beside ONNX Runtime
 * itself on one thread, with the same file, taking turns. The tables of docs/edge-engine.md.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { command } from "../src/cli/command-line.mjs";
import { markdown } from "../src/cli/markdown.ts";
import { decodeInferResponse, encodeInferRequest, HEADER_LENGTH } from "../src/contract/oip.ts";
import { STYLES } from "../src/contract/style.ts";
import { MAX_REQUESTS } from "../src/edge-inference/limits.ts";
import { type EdgeInference, type Memory, startEdgeInference } from "../tests/support/edge-inference.ts";
import { median } from "../tests/support/percentile.ts";

const TTNS = STYLES.map(({ id }) => `ttn_${id}_edge`).filter((name) =>
  existsSync(new URL(`../models/${name}`, import.meta.url)),
);
const NETWORKS = [...TTNS, "person_segmenter"];
const [NETWORK = ""] = NETWORKS;
const SIDES = [128, 192, 256, 320, 384];
const LARGEST = 384;
const STARTS = 3;
const RUNS = 9;

const sample = fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url));

async function photo(side: number): Promise<Uint8Array> {
  return new Uint8Array(await sharp(sample).resize(side, side).removeAlpha().raw().toBuffer());
}

type Times = { whole: number; load: number; compute: number };

/** Milliseconds of one request, and of its parts. */
async function ask({ url }: EdgeInference, network: string, rgb: Uint8Array, side: number): Promise<Times> {
  const { body, headers } = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", shape: [1, side, side, 3], bytes: rgb }],
    parameters: { binary_data_output: true },
  });
  const since = performance.now();
  const answer = await fetch(`${url}/v2/models/${network}/infer`, { method: "POST", headers, body });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const whole = performance.now() - since;
  if (!answer.ok) throw new Error(new TextDecoder().decode(bytes));
  decodeInferResponse(bytes, answer.headers.get(HEADER_LENGTH));
  const timing = answer.headers.get("server-timing") ?? "";
  const step = (name: string) => Number(new RegExp(`${name};dur=([\\d.]+)`).exec(timing)?.[1] ?? 0);
  return { whole, load: step("load"), compute: step("compute") };
}

async function cold(): Promise<void> {
  const rows: (Times & { start: number })[] = [];
  const rgb = await photo(256);
  for (let i = 0; i < STARTS; i++) {
    const engine = await startEdgeInference();
    try {
      rows.push({ start: engine.start, ...(await ask(engine, NETWORK, rgb, 256)) });
    } finally {
      await engine.stop();
    }
  }
  const without: number[] = [];
  for (let i = 0; i < STARTS; i++) without.push(await startWithout());
  const of = (name: "start" | keyof Times) => Math.round(median(rows.map((row) => row[name])));
  const cells = [Math.round(median(without)), of("start"), of("whole"), of("load"), of("compute")];
  console.log(`A cold start, median of ${STARTS}, ms:\n`);
  const head = [
    "workerd starts with a Worker of one line",
    "with the engine",
    "first request, 256²",
    "of it: runtime and network",
    "of it: drawing",
  ];
  console.log(markdown(head, [cells.map(String)], 0));
}

/** Milliseconds that workerd takes to start with a Worker of one line. */
async function startWithout(): Promise<number> {
  const script = "export default { fetch: () => new Response() };";
  const worker = { name: "empty", modules: true, script, compatibilityDate: "2026-10-20" } as const;
  const since = performance.now();
  const miniflare = new Miniflare(convertV4MiniflareOptions({ workers: [worker], inspectorPort: 0 }));
  await miniflare.ready;
  const taken = performance.now() - since;
  await miniflare.dispose();
  return taken;
}

const together = ({ wasm, buffers, heap }: Memory) => wasm + buffers + heap;

const mebibytes = (memory: Memory) =>
  [memory.wasm, memory.buffers, memory.heap, together(memory)].map((bytes) => (bytes / 2 ** 20).toFixed(1));

/** The most that it holds while as many pictures as may be are under way, of all networks in turn. */
async function underWay(engine: EdgeInference, rgb: Uint8Array): Promise<Memory> {
  let left = MAX_REQUESTS;
  const answers = Array.from({ length: MAX_REQUESTS }, (_, i) =>
    ask(engine, NETWORKS[i % NETWORKS.length] ?? "", rgb, LARGEST).finally(() => left--),
  );
  let most: Memory = { wasm: 0, buffers: 0, heap: 0 };
  while (left > 0) {
    const now = await engine.memory();
    if (together(now) > together(most)) most = now;
  }
  await Promise.all(answers);
  return most;
}

async function memory(engine: EdgeInference): Promise<void> {
  const rgb = await photo(LARGEST);
  console.log(`\nMemory after a picture of ${LARGEST}² by each network, in turn, MiB:\n`);
  const rows: string[][] = [];
  const row = async (name: string) => void rows.push([name, ...mebibytes(await engine.memory())]);
  await row("start");
  for (const network of NETWORKS) {
    await ask(engine, network, rgb, LARGEST);
    await row(network);
  }
  for (let i = 0; i < 3 * NETWORKS.length; i++) {
    await ask(engine, NETWORKS[i % NETWORKS.length] ?? "", rgb, LARGEST);
  }
  await row("all of them three times more");
  rows.push([`while ${MAX_REQUESTS} are under way, at most`, ...mebibytes(await underWay(engine, rgb))]);
  console.log(markdown(["after", "WebAssembly", "array buffers", "JavaScript heap", "together"], rows));
}

async function warm(engine: EdgeInference): Promise<void> {
  const path = fileURLToPath(new URL(`../models/${NETWORK}/1/model.onnx`, import.meta.url));
  const native = await ort.InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  console.log(`\nA warm picture by ${NETWORK}, median of ${RUNS}, ms:\n`);
  const rows: string[][] = [];
  for (const side of SIDES) {
    const rgb = await photo(side);
    const edge: Times[] = [];
    const peer: number[] = [];
    for (let i = 0; i <= RUNS; i++) {
      const times = await ask(engine, NETWORK, rgb, side);
      const since = performance.now();
      await native.run({ image: new ort.Tensor("uint8", rgb, [1, side, side, 3]) });
      if (i === 0) continue; // the first of a size
      edge.push(times);
      peer.push(performance.now() - since);
    }
    const compute = median(edge.map((each) => each.compute));
    const cells = [compute, median(edge.map((each) => each.whole)), median(peer)].map((ms) => ms.toFixed(0));
    rows.push([`${side}²`, ...cells, (compute / median(peer)).toFixed(1)]);
  }
  const head = ["pixels", "in workerd", "the whole request", "natively, one thread", "ratio"];
  console.log(markdown(head, rows));
  await native.release();
}

const USAGE = `The edge engine in workerd: its cold start, memory and speed, beside ONNX Runtime on one thread.

  npm run bench:edge-engine
`;

await command({ usage: USAGE }, async () => {
  await cold();
  const engine = await startEdgeInference();
  try {
    console.log(`\nThe bundle: ${(engine.gzip / 1024).toFixed(1)} MiB, compressed.`);
    await memory(engine);
    await warm(engine);
  } finally {
    await engine.stop();
  }
});
