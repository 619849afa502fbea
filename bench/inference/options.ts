import { availableParallelism } from "node:os";
import ort, { type InferenceSession } from "onnxruntime-node";
import { markdown } from "../../src/cli/markdown.ts";
import { sessionOptions } from "../../src/inference/engine/session.ts";
import { median } from "../../tests/support/percentile.ts";
import { noise } from "../../tests/support/random.ts";
import { fileOf } from "./engines.ts";

type Way = {
  name: string;
  model?: string;
  options?: InferenceSession.SessionOptions;
  /** Pictures of a run; times are of one of them. */
  batch?: number;
  /** Height and width, where others than asked for. */
  padTo?: number;
  preallocated?: boolean;
};

const spinning = { session: { intra_op: { allow_spinning: "1" } } };
const denormals = { session: { intra_op: { allow_spinning: "0" }, set_denormal_as_zero: "1" } };
const WAYS: Way[] = [
  { name: "int8, all cores, no spinning" },
  { name: "fp32", model: "ttn_handdrawn" },
  { name: "fp16, as stored for GPUs", model: "ttn_handdrawn_fp16" },
  { name: "half width, fp32", model: "ttn_handdrawn_edge" },
  { name: "one thread", options: { intraOpNumThreads: 1 } },
  { name: "threads that spin", options: { extra: spinning } },
  { name: "only basic graph optimisation", options: { graphOptimizationLevel: "basic" } },
  { name: "no memory arena", options: { enableCpuMemArena: false } },
  { name: "memory patterns", options: { enableMemPattern: true } },
  { name: "denormals as zero", options: { extra: denormals } },
  { name: "output allocated before", preallocated: true },
  { name: "batch of 4, of one picture", batch: 4 },
  { name: "padded to 64 from one pixel over", padTo: 64 },
];

/** What the ways to run the network cost, in one process, taking turns: time, and CPU time, of one picture, as a table. */
export async function options(sides: readonly number[], rounds: number): Promise<string> {
  const measured: { times: number[]; cpu: number[] }[][] = [];
  for (const side of sides) measured.push(await measure(side, rounds));
  const head = sides.flatMap((side) => [`${side}²: time`, "CPU time"]);
  const rows = WAYS.map(({ name }, at) => [
    name,
    ...measured.flatMap((ways) =>
      (["times", "cpu"] as const).map((of) =>
        (median(ways[at]?.[of] ?? []) / median(ways[0]?.[of] ?? [])).toFixed(2),
      ),
    ),
  ]);
  return markdown(["", ...head], rows);
}

/** Milliseconds of one picture, round by round, of each way. */
async function measure(side: number, rounds: number): Promise<{ times: number[]; cpu: number[] }[]> {
  const runs: { run: () => Promise<unknown>; batch: number; times: number[]; cpu: number[] }[] = [];
  for (const { model = "ttn_handdrawn_int8", options, batch = 1, padTo, preallocated } of WAYS) {
    const session = await ort.InferenceSession.create(fileOf(model), {
      ...sessionOptions(availableParallelism()),
      ...options,
    });
    const height = padTo === undefined ? side : padTo * (Math.floor(side / padTo) + 1);
    const dims = [batch, height, height, 3];
    const image = new ort.Tensor("uint8", noise(batch * height * height * 3), dims);
    const stylized = new ort.Tensor("uint8", new Uint8Array(batch * height * height * 3), dims);
    const run = () => (preallocated ? session.run({ image }, { stylized }) : session.run({ image }));
    runs.push({ run, batch, times: [], cpu: [] });
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { run, batch, times, cpu } of runs) {
      const [since, before] = [performance.now(), process.cpuUsage()];
      await run();
      const { user, system } = process.cpuUsage(before);
      if (round === 0) continue; // reserves memory
      times.push((performance.now() - since) / batch);
      cpu.push((user + system) / 1000 / batch);
    }
  }
  return runs;
}
