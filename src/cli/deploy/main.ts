/**
 * `npm run deploy [-- FLAG…]`: says what is wrong with wrangler.toml, then deploys both Workers, first the one that the other is bound to. Nothing is
 * deployed where something is wrong, and the second is not begun where the first fails. docs/production.md.
 */
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { Complaint, MISUSED, run } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { handOver } from "../setup/command.mjs";
import { readArguments, USAGE } from "./arguments.ts";
import { check } from "./check.ts";

const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const [ENGINE, WORKER] = ["src/edge-inference/wrangler.toml", "wrangler.toml"];

await run(async () => {
  const asked = readArguments(process.argv.slice(2), process.env);
  if (asked.isHelp) return void process.stdout.write(USAGE);
  process.chdir(ROOT); // to which the build command of the engine is relative
  const { env } = asked;
  const has = (config: string) =>
    env === undefined || readConfig(config, undefined).definedEnvironments?.includes(env);
  if (!has(WORKER)) throw new Complaint(`wrangler.toml has no [env.${env}].`, MISUSED);
  const top = env === undefined ? undefined : readConfig(WORKER, undefined);
  const { problems, warnings } = check(readConfig(WORKER, env), asked, top);
  for (const warning of warnings) process.stderr.write(`Note: ${warning}\n`);
  if (problems.length > 0 && !asked.isDry)
    throw new Complaint(`${problems.join("\n")}\n\nNothing was deployed.`);
  if (has(ENGINE)) await deploy(ENGINE, asked.engine);
  if (!process.exitCode) await deploy(WORKER, asked.worker);
  if (!process.exitCode && problems.length > 0)
    throw new Complaint(`${problems.join("\n")}\n\nThis would not be deployed without --dry-run.`);
});

async function deploy(config: string, args: string[]): Promise<void> {
  await handOver(process.execPath, [WRANGLER, "deploy", `--config=${config}`, ...args]);
}

function readConfig(config: string, env: string | undefined) {
  try {
    return unstable_readConfig({ config, env: env ?? "" }, { hideWarnings: true });
  } catch (error) {
    throw new Complaint(`${config} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
