/**
 * `npm run bench:inference`: the engines beside plain ONNX Runtime in Python, taking turns: milliseconds of a request and pictures a second,
 * by size and batch. `-- --url http://… --model ttn_handdrawn_fp16` adds any server that speaks the protocol, such as Triton or the edge
 * engine. `-- options` shows instead what threads, precision, memory and batches do in one process.
 */
import { parseArgs } from "node:util";
import { describeCpu } from "./inference/cpu.ts";
import { embedded, inProcess, python, remote } from "./inference/engines.ts";
import { options } from "./inference/options.ts";
import { percentile } from "./inference/percentile.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", multiple: true, default: [] },
    model: { type: "string", default: "ttn_handdrawn_int8" },
    sizes: { type: "string", default: "256,512,768" },
    batches: { type: "string", default: "1,4" },
    rounds: { type: "string", default: "11" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const rounds = Number(values.rounds);
console.log(describeCpu());
if (positionals.includes("options")) {
  for (const side of sizes) await options(side, rounds);
} else {
  await engines();
}

async function engines(): Promise<void> {
  const peer = await python("ttn_handdrawn_int8");
  const rivals = [
    peer,
    await inProcess("ttn_handdrawn_int8"),
    ...(await embedded({
      ttn_handdrawn_int8: "embedded server, int8",
      ttn_handdrawn: "embedded server, fp32",
      ttn_handdrawn_edge: "embedded server, half width",
    })),
    ...values.url.map((url) => remote(url.replace(/\/+$/, ""), values.model)),
  ];
  try {
    for (const side of sizes) {
      for (const batch of values.batches.split(",").map(Number)) {
        const times = new Map(rivals.map(({ name }) => [name, [] as number[]]));
        for (let round = 0; round <= rounds; round++) {
          for (const { name, run } of rivals) {
            const time = await run(side, batch);
            if (round > 0) times.get(name)?.push(time); // the first reserves memory
          }
        }
        print(side, batch, times, peer.name);
      }
    }
    const resident = rivals.find(({ residentMb }) => residentMb)?.residentMb?.();
    if (resident)
      console.log(`\nThe embedded server with these three models: ${resident.toFixed(0)} MB resident.`);
  } finally {
    for (const { stop } of rivals) await stop();
  }
}

function print(side: number, batch: number, times: Map<string, number[]>, peer: string): void {
  const base = percentile(times.get(peer) ?? [], 0.5);
  console.log(`\n${side} × ${side}, ${batch} at once; × of ${peer}, the same int8 file\n`);
  for (const [name, all] of times) {
    const [p50, p95] = [percentile(all, 0.5), percentile(all, 0.95)];
    const rate = `${((1000 * batch) / p50).toFixed(1)} pictures/s`;
    console.log(
      `${name.padEnd(32)}p50 ${p50.toFixed(0).padStart(5)} ms ${(p50 / base).toFixed(2)} ×   p95 ${p95.toFixed(0).padStart(5)} ms${rate.padStart(18)}`,
    );
  }
}
