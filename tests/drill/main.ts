/**
 * `npm run drill [-- seconds]`: kills, slows and corrupts the inference endpoints under steady load, and brings them back, each for so many
 * seconds (10); prints who was served, by whom, how fast, and how long it took until all was as before. docs/inference.md explains it.
 */
import { run } from "../../src/cli/complaint.mjs";
import { table } from "../../src/cli/stylegate/table.ts";
import { askAgain, PHASES, play } from "./phases.ts";
import { ENGINES, replacedRow, rowOf } from "./report.ts";
import { setScene } from "./scene.ts";

/** Milliseconds between requests. */
const EVERY = 400;

await run(async () => {
  const seconds = Number(process.argv[2] ?? 10);
  if (!(seconds > 0 && seconds <= 600)) throw new Error("the seconds of a phase must be a number up to 600");
  const requests = Math.ceil((seconds * 1000) / EVERY);
  process.stdout.write("Starting two inference servers, the edge engine and the Worker …\n");
  const scene = await setScene();
  try {
    const rows: string[][] = [];
    const all = [];
    for (const phase of PHASES) {
      process.stdout.write(`${phase.name.trim()} …\n`);
      const played = await play(phase, scene, { requests, every: EVERY });
      all.push(...played.answers);
      rows.push(rowOf(played));
    }
    rows.push(replacedRow(await askAgain(all, scene, { every: EVERY })));
    const head = ["", "asked", ...ENGINES, "failed", "p50 ms", "p95 ms", "first again after"];
    process.stdout.write(`\nOne request every ${EVERY} ms.\n\n${table(head, rows, 100)}`);
  } finally {
    await scene.stop();
  }
});
