/**
 * `npm run bench:edge`: a cached picture from the Worker beside a Worker that does nothing but stream the same object from R2, both in
 * one workerd, taking turns; and what the time of a miss goes into.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { startInference } from "../tests/support/inference.ts";
import { decodeJpeg, encodeJpeg } from "../tests/support/jpeg.ts";
import { startWorkers, stylegate } from "../tests/support/workers.ts";

const SECONDS = 4;
const ROUNDS = 5;
const CONNECTIONS = 16;
const MISSES = 5;

/** The peer: as little as a Worker can do. */
const PEER = `export default {
  async fetch(request, env) {
    const object = await env.PICTURES.get(new URL(request.url).pathname.slice("/peer/".length));
    return new Response(object.body, { headers: { "Content-Type": "image/jpeg", ETag: object.httpEtag } });
  },
};`;

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const inference = await startInference();
const workers = await startWorkers((modules) => [
  stylegate("stylegate", modules, { INFERENCE_URL: inference.url, MODEL_SUFFIX: "_int8" }),
  {
    name: "peer",
    modules: true,
    script: PEER,
    compatibilityDate: modules.compatibility.compatibilityDate,
    r2Buckets: { PICTURES: "pictures" },
    routes: ["*/peer/*"],
  },
]);
try {
  const sample = new Uint8Array(await readFile(file("src/edge/page/sample.jpg")));
  await hits(sample);
  await misses("512 × 512", () => sample);
  const large = await tiled(sample, 8, 6);
  await misses("4096 × 3072 (12.6 MP)", () => large);
} finally {
  await workers.stop();
  await inference.stop();
}

async function hits(picture: Uint8Array): Promise<void> {
  const path = `/image/style=handdrawn,width=480,format=jpeg/upload:${await upload(picture)}`;
  const variant = await (await fetch(workers.url + path)).arrayBuffer();
  const key = await variantKey();
  await (await fetch(workers.url + path)).arrayBuffer();
  const rivals = { stylegate: path, peer: `/peer/${key}` };
  for (const [name, path] of Object.entries(rivals)) {
    const answer = await fetch(workers.url + path);
    const { byteLength } = await answer.arrayBuffer();
    if (!answer.ok || byteLength !== variant.byteLength) throw new Error(`${name} answers something else`);
  }
  const results: Record<string, Awaited<ReturnType<typeof autocannon>>[]> = { stylegate: [], peer: [] };
  await load(rivals.stylegate, 2); // both warm
  await load(rivals.peer, 2);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, path] of Object.entries(rivals)) results[name]?.push(await load(path, SECONDS));
  }
  console.log(
    `\nA cached picture of ${variant.byteLength} bytes; ${CONNECTIONS} connections, median of ${ROUNDS}`,
  );
  console.log(`rounds of ${SECONDS} s each, taking turns in one workerd.\n`);
  const rows = Object.entries(results).map(([name, all]) => ({
    name: name === "peer" ? "a Worker that only streams from R2" : "stylegate",
    rate: median(all.map(({ requests }) => requests.average)),
    p50: median(all.map(({ latency }) => latency.p50)),
    p99: median(all.map(({ latency }) => latency.p99)),
  }));
  for (const { name, rate, p50, p99 } of rows) {
    console.log(
      `${name.padEnd(36)}${rate.toFixed(0).padStart(7)} requests/s   p50 ${p50} ms   p99 ${p99} ms`,
    );
  }
  const [ours, peer] = rows;
  const ratios = (results.stylegate ?? []).map(
    ({ requests }, round) => requests.average / (results.peer?.[round]?.requests.average ?? Number.NaN),
  );
  console.log(`ratio of requests/s, median of the rounds' own: ${median(ratios).toFixed(2)}`);
  if (ours && peer) console.log(`ratio of p99: ${(ours.p99 / peer.p99).toFixed(2)}`);
}

async function load(path: string, duration: number) {
  const result = await autocannon({ url: workers.url + path, connections: CONNECTIONS, duration });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${path}: ${result.errors} errors, ${result.non2xx} not 2xx`);
  return result;
}

async function misses(what: string, picture: () => Uint8Array): Promise<void> {
  const steps = new Map<string, number[]>();
  const add = (step: string, milliseconds: number) =>
    steps.set(step, [...(steps.get(step) ?? []), milliseconds]);
  for (let index = 0; index <= MISSES; index++) {
    // Bytes after the end of a JPEG make it another picture with the same pixels.
    const id = await upload(new Uint8Array([...picture(), index]));
    const began = performance.now();
    const answer = await fetch(`${workers.url}/image/style=handdrawn,width=640,format=jpeg/upload:${id}`);
    await answer.arrayBuffer();
    const total = performance.now() - began;
    const timing = answer.headers.get("Server-Timing") ?? "";
    if (!timing.includes("cache;desc=miss")) throw new Error(`no miss: ${answer.status} ${timing}`);
    if (index === 0) continue; // compiles the codecs
    add("in all", total);
    for (const [, step = "", duration] of timing.matchAll(/(\w+);dur=([\d.]+)/g)) add(step, Number(duration));
  }
  console.log(`\nA miss of a JPEG of ${what}, network on this CPU, median of ${MISSES}:`);
  for (const [step, all] of steps) console.log(`  ${step.padEnd(8)}${median(all).toFixed(0).padStart(6)} ms`);
}

async function upload(picture: Uint8Array): Promise<string> {
  const answer = await fetch(`${workers.url}/v1/uploads`, { method: "POST", body: Buffer.from(picture) });
  if (!answer.ok) throw new Error(`the upload is refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

async function variantKey(): Promise<string> {
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "stylegate");
  const { objects } = await bucket.list({ prefix: "variants/" });
  const [object] = objects;
  if (!object) throw new Error("no variant is stored");
  return object.key;
}

/** The picture side by side with itself. */
async function tiled(jpeg: Uint8Array, columns: number, rows: number): Promise<Uint8Array> {
  const { data, width, height } = await decodeJpeg(jpeg);
  const wide = new Uint8ClampedArray(data.length * columns * rows);
  for (let y = 0; y < height * rows; y++) {
    const line = data.subarray((y % height) * width * 4, ((y % height) + 1) * width * 4);
    for (let column = 0; column < columns; column++) wide.set(line, (y * columns + column) * width * 4);
  }
  return encodeJpeg({ data: wide, width: width * columns, height: height * rows }, 90);
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
