/** `node src/cli/node.mjs SCRIPT …`: runs a script with the project's own Node, which it sets up first with the npm packages. */
import { run } from "./complaint.mjs";
import { handOver } from "./setup/command.mjs";
import { ensurePackages } from "./setup/packages.mjs";

await run(async () => handOver(await ensurePackages(), process.argv.slice(2)));
