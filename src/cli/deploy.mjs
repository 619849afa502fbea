/**
 * `npm run deploy [-- FLAG…]`: deploys both Workers, with wrangler's flags, such as `--dry-run`; first the one that the other is bound to.
 * The second is not begun where the first fails.
 */
import { join } from "node:path";
import { run } from "./complaint.mjs";
import { ROOT } from "./root.mjs";
import { handOver } from "./setup/command.mjs";

const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

await run(async () => {
  process.chdir(ROOT); // to which the build command of the first is relative
  for (const config of ["src/edge-inference/wrangler.toml", "wrangler.toml"]) {
    await handOver(process.execPath, [WRANGLER, "deploy", `--config=${config}`, ...process.argv.slice(2)]);
    if (process.exitCode) return;
  }
});
