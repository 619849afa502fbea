import autocannon from "autocannon";
import { median } from "../../tests/support/percentile.ts";
import type { Workers } from "../../tests/support/workers.ts";
import { upload } from "./service.ts";

const SECONDS = 4;
const ROUNDS = 5;
const CONNECTIONS = 16;

/** As little as a Worker can do, under `/peer/{key}`. */
export const PEER = `export default {
  async fetch(request, env) {
    const object = await env.PICTURES.get(new URL(request.url).pathname.slice("/peer/".length));
    return new Response(object.body, { headers: { "Content-Type": "image/jpeg", ETag: object.httpEtag } });
  },
};`;

type Load = Awaited<ReturnType<typeof autocannon>>;

/** A cached picture beside a Worker that does nothing but stream the same object from R2. */
export async function hits(picture: Uint8Array, workers: Workers): Promise<void> {
  const path = `/image/style=handdrawn,width=480,format=jpeg/upload:${await upload(workers, picture)}`;
  const variant = await (await fetch(workers.url + path)).arrayBuffer();
  const key = await variantKey(workers);
  await (await fetch(workers.url + path)).arrayBuffer();
  const rivals = { stylegate: path, peer: `/peer/${key}` };
  for (const [name, path] of Object.entries(rivals)) {
    const answer = await fetch(workers.url + path);
    const { byteLength } = await answer.arrayBuffer();
    if (!answer.ok || byteLength !== variant.byteLength) throw new Error(`${name} answers something else`);
  }
  const load = (path: string, duration: number) => loaded(workers.url + path, duration);
  await load(rivals.stylegate, 2); // both warm
  await load(rivals.peer, 2);
  const [ours, theirs]: [Load[], Load[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load(rivals.stylegate, SECONDS));
    theirs.push(await load(rivals.peer, SECONDS));
  }
  console.log(`\nA cached picture of ${variant.byteLength} bytes; ${CONNECTIONS} connections, median of`);
  console.log(`${ROUNDS} rounds of ${SECONDS} s each, taking turns in one workerd.\n`);
  const p99 = (all: Load[]) => median(all.map(({ latency }) => latency.p99));
  print("stylegate", ours);
  print("a Worker that only streams from R2", theirs);
  const ratios = ours.map(({ requests }, round) => requests.average / (theirs[round]?.requests.average ?? 0));
  console.log(`ratio of requests/s, median of the rounds' own: ${median(ratios).toFixed(2)}`);
  console.log(`ratio of p99: ${(p99(ours) / p99(theirs)).toFixed(2)}`);
}

function print(name: string, all: Load[]): void {
  const rate = median(all.map(({ requests }) => requests.average)).toFixed(0);
  const [p50, p99] = (["p50", "p99"] as const).map((p) => median(all.map(({ latency }) => latency[p])));
  console.log(`${name.padEnd(36)}${rate.padStart(7)} requests/s   p50 ${p50} ms   p99 ${p99} ms`);
}

async function loaded(url: string, duration: number): Promise<Load> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} not 2xx`);
  return result;
}

async function variantKey(workers: Workers): Promise<string> {
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "stylegate");
  const { objects } = await bucket.list({ prefix: "variants/" });
  const [object] = objects;
  if (!object) throw new Error("no variant is stored");
  return object.key;
}
