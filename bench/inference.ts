/**
 * `npm run bench:inference`: the engines beside plain ONNX Runtime in Python, taking turns: the time of a request by size and
 * batch, of the edge engine up to the size that it takes. `-- --url http://… --model ttn_handdrawn_fp16` adds any server that speaks the
 * protocol, such as Triton. `-- options` shows instead what threads, precision, memory and batches do in one process.
 */
import { parseArgs } from "node:util";
import { markdown } from "../src/cli/markdown.ts";
import { median, percentile } from "../tests/support/percentile.ts";
import { describeCpu } from "./inference/cpu.ts";
import { edge, embedded, inProcess, python, remote } from "./inference/engines.ts";
import { options } from "./inference/options.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string", multiple: true, default: [] },
    model: { type: "string", default: "ttn_handdrawn_int8" },
    sizes: { type: "string", default: "256,384,512,768" },
    batches: { type: "string", default: "1,4" },
    rounds: { type: "string", default: "11" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const rounds = Number(values.rounds);
console.log(describeCpu());
if (positionals.includes("options")) {
  console.log(
    `\nOf one picture, median of ${rounds}, × of the first row:\n\n${await options(sizes, rounds)}`,
  );
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
    await edge(),
    ...values.url.map((url) => remote(url.replace(/\/+$/, ""), values.model)),
  ];
  try {
    const columns: { title: string; times: Map<string, number[]> }[] = [];
    for (const side of sizes) {
      for (const batch of values.batches.split(",").map(Number)) {
        const times = new Map(rivals.map(({ name }) => [name, [] as number[]]));
        for (let round = 0; round <= rounds; round++) {
          for (const { name, run, largest = side } of rivals) {
            if (side > largest) continue;
            const time = await run(side, batch);
            if (round > 0) times.get(name)?.push(time); // the first reserves memory
          }
        }
        columns.push({ title: `${side}²${batch > 1 ? `, batch of ${batch}` : ""}`, times });
      }
    }
    const table = (title: string, cell: (times: readonly number[], peer: readonly number[]) => string) => {
      const rows = rivals.map(({ name }) => {
        const cells = columns.map(({ times }) => {
          const own = times.get(name) ?? [];
          return own.length > 0 ? cell(own, times.get(peer.name) ?? []) : "–";
        });
        return [name, ...cells];
      });
      return markdown([title, ...columns.map((column) => column.title)], rows);
    };
    console.log(`\nMedian of ${rounds}; the first row has the same int8 file:\n`);
    console.log(
      table("× of the first row, p50 of a request", (times, peer) =>
        (median(times) / median(peer)).toFixed(2),
      ),
    );
    console.log();
    console.log(
      table("p50 and p95 of a request, ms", (times) =>
        [0.5, 0.95].map((share) => percentile(times, share).toFixed(0)).join(", "),
      ),
    );
    const resident = rivals.find(({ residentMb }) => residentMb)?.residentMb?.();
    if (resident)
      console.log(`\nThe embedded server with these three models: ${resident.toFixed(0)} MB resident.`);
  } finally {
    for (const { stop } of rivals) await stop();
  }
}
