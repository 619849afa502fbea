import { availableParallelism } from "node:os";
import ort, { type InferenceSession } from "onnxruntime-node";
import { sessionOptions } from "../../src/inference/engine/session.ts";
import { median } from "../edge/median.ts";
import { fileOf, noise } from "./engines.ts";

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
  { name: "as it is served: int8" },
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
  { name: "batch of 4", batch: 4 },
  { name: "padded to 64 from one pixel over", padTo: 64 },
];

/** What the ways to run the network cost, in one process, taking turns: time, and CPU time, of one picture. */
export async function options(side: number, rounds: number): Promise<void> {
  const runs: { name: string; run: () => Promise<unknown>; batch: number; times: number[]; cpu: number[] }[] =
    [];
  for (const { name, model = "ttn_handdrawn_int8", options, batch = 1, padTo, preallocated } of WAYS) {
    const session = await ort.InferenceSession.create(fileOf(model), {
      ...sessionOptions(availableParallelism()),
      ...options,
    });
    const height = padTo === undefined ? side : padTo * (Math.floor(side / padTo) + 1);
    const dims = [batch, height, height, 3];
    const image = new ort.Tensor("uint8", noise(batch * height * height * 3), dims);
    const stylized = new ort.Tensor("uint8", new Uint8Array(batch * height * height * 3), dims);
    const run = () => (preallocated ? session.run({ image }, { stylized }) : session.run({ image }));
    runs.push({ name, run, batch, times: [], cpu: [] });
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
  const [first] = runs;
  console.log(`\n${side} × ${side}, median of ${rounds}, of one picture; × of the first row\n`);
  console.log(`${"".padEnd(36)}time            CPU time`);
  for (const { name, times, cpu } of runs) {
    const [time, used] = [median(times), median(cpu)];
    const ratio = (value: number, base: number[] = []) => `${(value / median(base)).toFixed(2)} ×`;
    console.log(
      `${name.padEnd(36)}${time.toFixed(0).padStart(4)} ms ${ratio(time, first?.times)}  ${used.toFixed(0).padStart(4)} ms ${ratio(used, first?.cpu)}`,
    );
  }
}
