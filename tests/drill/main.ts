/**
 * `npm run drill [-- seconds]`: kills, slows and corrupts the inference endpoints under steady load, and brings them back, each for so many
 * seconds (10); prints who was served, by whom, how fast, and how long it took until all was as before. docs/inference.md explains it.
 */
import { command, numberOf } from "../../src/cli/command-line.mjs";
import { table } from "../../src/cli/stylegate/table.ts";
import { askAgain, PHASES, play } from "./phases.ts";
import { ENGINES, replacedRow, rowOf } from "./report.ts";
import { setScene } from "./scene.ts";

/** Milliseconds between requests. */
const EVERY = 400;

const USAGE = `Kills, slows and corrupts inference endpoints under steady load, and prints who was served, by whom, and how fast.

  npm run drill -- [SECONDS]

  SECONDS   of each of the ${PHASES.length} phases, 1 … 600 (10)
`;

await command({ usage: USAGE, takes: [0, 1] }, async ({ positionals: [given = "10"] }) => {
  const seconds = numberOf("SECONDS", given, { most: 600, isWhole: false });
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
