/**
 * `npm run bench:inference`: the engines beside plain ONNX Runtime in Python, taking turns: the time of a request by size and
 * batch, of the edge engine up to the size that it takes. `-- --url http://… --model ttn_handdrawn_fp16` adds any server that speaks the
 * protocol, such as Triton. `-- options` shows instead what threads, precision, memory and batches do in one process.
 */
import { choiceOf, command, numberOf, numbersOf, urlOf } from "../src/cli/command-line.mjs";
import { Complaint } from "../src/cli/complaint.mjs";
import { markdown } from "../src/cli/markdown.ts";
import { unanswered } from "../src/cli/unanswered.mjs";
import { median, percentile } from "../tests/support/percentile.ts";
import { describeCpu } from "./inference/cpu.ts";
import { edge, embedded, inProcess, python, remote } from "./inference/engines.ts";
import { options } from "./inference/options.ts";

/** Larger pictures than the embedded server takes, and batches, are of no use; neither is to wait for days. */
const [SIDE, BATCH, ROUNDS] = [{ least: 32, most: 2048 }, { most: 64 }, { most: 1000 }];
const INT8 = "ttn_handdrawn_int8";

const USAGE = `The engines beside plain ONNX Runtime in Python: the time of a request, by size and batch.

  npm run bench:inference -- [--url URL [--model NAME]]… [flag…]
  npm run bench:inference -- options [--sizes LIST] [--rounds N]

  options         what threads, precision, memory and batches do in one process, instead
  --url URL       any server that speaks the protocol, such as Triton, beside them
  --model NAME    what that is asked for (${INT8})
  --sizes LIST    pixels of a side, ${SIDE.least} … ${SIDE.most} (256,384,512,768)
  --batches LIST  pictures of a request, 1 … ${BATCH.most} (1,4)
  --rounds N      requests of each, 1 … ${ROUNDS.most} (11)
`;

const text = { type: "string" } as const;
const flags = {
  url: { ...text, multiple: true },
  model: text,
  sizes: text,
  batches: text,
  rounds: text,
} as const;

await command({ usage: USAGE, options: flags, takes: [0, 1] }, async ({ values, positionals }) => {
  for (const part of positionals) choiceOf("What follows", part, ["options"]);
  const sizes = numbersOf("--sizes", values.sizes ?? "256,384,512,768", SIDE);
  const batches = numbersOf("--batches", values.batches ?? "1,4", BATCH);
  const rounds = numberOf("--rounds", values.rounds ?? "11", ROUNDS);
  const model = values.model ?? INT8;
  const urls = (values.url ?? []).map((url) => urlOf("--url", url));
  for (const url of urls) await requireModel(url, model);
  console.log(describeCpu());
  if (positionals.length === 0) return engines({ sizes, batches, rounds, urls, model });
  console.log(
    `\nOf one picture, median of ${rounds}, × of the first row:\n\n${await options(sizes, rounds)}`,
  );
});

type Wishes = { sizes: number[]; batches: number[]; rounds: number; urls: string[]; model: string };

/** Before the others are measured, which takes minutes. @throws Complaint */
async function requireModel(url: string, model: string): Promise<void> {
  const there = `${url}/v2/models/${model}`;
  const answer = await fetch(there).catch((error: unknown) => {
    throw unanswered(url, error) ?? error;
  });
  if (!answer.ok)
    throw new Complaint(`${there} answers ${answer.status}: name a model that is there with --model.`);
}

async function engines({ sizes, batches, rounds, urls, model }: Wishes): Promise<void> {
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
    ...urls.map((url) => remote(url, model)),
  ];
  try {
    const columns: { title: string; times: Map<string, number[]> }[] = [];
    for (const side of sizes) {
      for (const batch of batches) {
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
