/** `node src/cli/python.mjs PROGRAM …`: runs a program of the project's Python environment, which it sets up first. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { run } from "./complaint.mjs";
import { ensurePython } from "./setup/python.mjs";

await run(async () => {
  const [program = "python", ...args] = process.argv.slice(2);
  const child = spawn(join(await ensurePython(), program), args, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
    process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
});
