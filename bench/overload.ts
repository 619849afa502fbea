/**
 * `npm run bench:overload`: the embedded inference server under more load than it can do, beside itself with its controlled delay off, which
 * is a plain queue of 16. Requests come at random moments, whether or not answers keep up. `--side 256`, `--seconds 20`, `--model …`.
 */
import { existsSync } from "node:fs";
import { command, misused, numberOf, numbersOf } from "../src/cli/command-line.mjs";
import { markdown } from "../src/cli/markdown.ts";
import { type Inference, startInference, variables } from "../tests/support/inference.ts";
import { percentile } from "../tests/support/percentile.ts";
import { ask, question } from "./inference/ask.ts";
import { describeCpu } from "./inference/cpu.ts";
import { openLoop } from "./inference/open-loop.ts";

const RIVALS = {
  "controlled delay": {},
  "plain queue of 16": { QUEUE_TARGET: "0" },
};

const MODEL = "ttn_handdrawn_int8";

const USAGE = `The embedded server under more load than it can do, beside itself with a plain queue of 16.

  npm run bench:overload -- [flag…]

  --side N       pixels of a picture's side, 32 … 2048 (512)
  --seconds N    of each round, 1 … 3600 (20)
  --model NAME   of models/ (${MODEL})
  --loads LIST   of what the server can do, 0.1 … 100 (0.5,1,2,4)
`;

const text = { type: "string" } as const;

await command(
  { usage: USAGE, options: { side: text, seconds: text, model: text, loads: text } },
  async ({ values }) => {
    const model = values.model ?? MODEL;
    if (!existsSync(new URL(`../models/${model}/1/model.onnx`, import.meta.url)))
      throw misused(`There is no model "${model}" in models/: --model is one such as ${MODEL}.`);
    await bench({
      model,
      side: numberOf("--side", values.side ?? "512", { least: 32, most: 2048 }),
      seconds: numberOf("--seconds", values.seconds ?? "20", { most: 3600 }),
      loads: numbersOf("--loads", values.loads ?? "0.5,1,2,4", { least: 0.1, most: 100, isWhole: false }),
    });
  },
);

type Wishes = { side: number; seconds: number; model: string; loads: number[] };

async function bench({ side, seconds, model, loads }: Wishes): Promise<void> {
  const picture = question(model, side);
  console.log(`${describeCpu()}\n${model}, ${side} × ${side}, one picture a request\n`);
  const servers = new Map<string, Inference>();
  for (const [name, env] of Object.entries(RIVALS)) {
    servers.set(name, await startInference([model], { ...variables(), ...env }));
  }
  const unloaded: number[] = [];
  type Row = { load: number; name: string; admitted: number[]; asked: number; goodput: number };
  const rows: Row[] = [];
  try {
    const urls = [...servers.values()].map(({ url }) => url);
    for (const load of loads) {
      for (const [name, { url }] of servers) {
        const times = await alone(urls, picture);
        unloaded.push(...times);
        // One at a time leaves the server nothing to do while an answer travels, which is short beside the run.
        const capacity = (1000 * times.length) / times.reduce((sum, value) => sum + value, 0);
        // Overload begins with a full queue; only what comes once that has been worked off is counted.
        const settling = 40 / capacity;
        const answers = await openLoop(url, [picture], load * capacity, { seconds, settling });
        const odd = answers.find(({ status }) => status !== 200 && status !== 503);
        if (odd) throw new Error(`the server answered ${odd.status}`);
        const admitted = answers
          .filter(({ status }) => status === 200)
          .map(({ milliseconds }) => milliseconds);
        rows.push({
          load,
          name,
          admitted,
          asked: answers.length,
          goodput: admitted.length / seconds / capacity,
        });
        await idle(url);
      }
    }
  } finally {
    for (const { stop } of servers.values()) await stop();
  }
  const base = [0.5, 0.95].map((share) => percentile(unloaded, share));
  console.log(
    `unloaded: p50 ${base[0]?.toFixed(0)} ms, p95 ${base[1]?.toFixed(0)} ms, of ${unloaded.length} between the rounds below\n`,
  );
  const table = rows.map(({ load, name, admitted, asked, goodput }) => [
    `${load}×`,
    name,
    ...[0.5, 0.95].map((share, i) => `${(percentile(admitted, share) / (base[i] ?? 0)).toFixed(1)} ×`),
    `${Math.round((100 * (asked - admitted.length)) / asked)} %`,
    goodput.toFixed(2),
  ]);
  const head = ["load", "queue", "p50 of admitted", "p95 of admitted", "refused", "goodput of capacity"];
  console.log(markdown(head, table, 2));
  console.log("\n×: of the unloaded; load and goodput: of capacity, which is read anew before each round.");
}

/** Milliseconds of one request after another, the servers taking turns. */
async function alone(urls: readonly string[], picture: ReturnType<typeof question>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn <= 15; turn++) {
    for (const url of urls) {
      const { milliseconds, status } = await ask(url, picture);
      if (status !== 200) throw new Error(`the server answered ${status}`);
      if (turn > 0) times.push(milliseconds);
    }
  }
  return times;
}

/** Until nothing waits or runs, and the overload is over for the server too. */
async function idle(url: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (
      /^stylegate_inference_overloaded 0$/m.test(metrics) &&
      /^stylegate_inference_in_flight 0$/m.test(metrics)
    )
      return;
  }
}
