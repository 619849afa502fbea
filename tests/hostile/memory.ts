/**
 * `node --expose-gc tests/hostile/memory.ts {rounds} {n}`: what decoding every n-th hostile file takes at its worst moment, the file included: WebAssembly
 * memories and live array buffers, as bench/memory.ts measures them, decoders that wait for their next use among them. Prints as JSON those that
 * took more than any before.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchPeak } from "../../bench/memory/peak.ts";
import type { HostileFile } from "./files/index.ts";

registerHooks({
  load(url, context, next) {
    if (!/\.wasm$|\?bytes$/.test(url)) return next(url, context);
    const made = url.endsWith("?bytes") ? "Uint8Array" : "WebAssembly.Module";
    const file = JSON.stringify(url.replace(/\?bytes$/, ""));
    const source = `import { readFileSync } from "node:fs"; export default new ${made}(readFileSync(new URL(${file})));`;
    return { format: "module", shortCircuit: true, source };
  },
});

const edge = (path: string) => import(new URL(`../../src/edge/${path}`, import.meta.url).href);
const { hostileFiles } = (await import(new URL("./files/index.ts", import.meta.url).href)) as {
  hostileFiles: (rounds: number) => HostileFile[];
};
const { decode } = await edge("image/index.ts");
const { probe } = await edge("source/probe.ts");

const folder = await mkdtemp(join(tmpdir(), "stylegate-hostile-"));
try {
  const names: string[] = [];
  const [rounds, every] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 1)];
  for (const { name, make } of hostileFiles(rounds).filter((_, number) => number % every === 0))
    await writeFile(join(folder, `${names.push(name) - 1}`), make());
  const peak = watchPeak(); // only now: what making them takes does not count
  let highest = 0;
  const records: { name: string; megabytes: number }[] = [];
  for (const [number, name] of names.entries()) {
    if (!(await isDecoded(join(folder, `${number}`)))) continue;
    const { wasm, buffers } = peak();
    const megabytes = Math.round((wasm + buffers) / 2 ** 20);
    if (megabytes > highest) records.push({ name, megabytes });
    highest = Math.max(highest, megabytes);
  }
  console.log(JSON.stringify(records));
} finally {
  await rm(folder, { recursive: true });
}

/** Whether the header let the decoder see it, which is told nothing of what came of that: another test's matter. */
async function isDecoded(path: string): Promise<boolean> {
  const bytes = new Uint8Array(await readFile(path));
  const probed = probe(bytes);
  if (probed.ok) await decode(bytes, probed, { longSide: 1024 }).catch(() => {});
  return probed.ok;
}
