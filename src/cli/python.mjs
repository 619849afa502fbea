/** `node src/cli/python.mjs PROGRAM …`: runs a program of the project's Python environment, which it sets up first. */
import { join } from "node:path";
import { run } from "./complaint.mjs";
import { handOver } from "./setup/command.mjs";
import { ensurePython } from "./setup/python.mjs";

await run(async () => {
  const [program = "python", ...args] = process.argv.slice(2);
  await handOver(join(await ensurePython(), program), args);
});
