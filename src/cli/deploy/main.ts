/**
 * `npm run deploy [-- FLAG…]`: says what is wrong with wrangler.toml, then deploys both Workers with wrangler's flags, first the one that the other is
 * bound to. Nothing is deployed where something is wrong, and the second is not begun where the first fails. docs/production.md.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig } from "wrangler";
import { Complaint, MISUSED, run } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { handOver } from "../setup/command.mjs";
import { check } from "./check.ts";

const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const [ENGINE, WORKER] = ["src/edge-inference/wrangler.toml", "wrangler.toml"];

const USAGE = `Checks wrangler.toml, then deploys the edge engine and the Worker.

  npm run deploy -- [--open] [--edge-only] [flag of wrangler deploy]…

  --open        AUTH is "open" on purpose: anybody may draw, delete and erase
  --edge-only   no endpoint is meant to be there: the edge engine draws alone
  --env NAME    what [env.NAME] of wrangler.toml says; the edge engine, which
                has no environments, is then left as it is
  --dry-run     says what is wrong, bundles both, and deploys nothing
  --var NAME:VALUE
                a variable instead of wrangler.toml's

docs/production.md walks through it.
`;

/** Ours; the others are wrangler's. */
const OWN = ["--open", "--edge-only"];

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

await run(async () => {
  const args = process.argv.slice(2);
  const options = {
    ...{ env: { ...text, short: "e" }, var: { ...text, multiple: true }, "dry-run": flag },
    ...{ open: flag, "edge-only": flag, help: { ...flag, short: "h" } },
  } as const;
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  if (values.help) return void process.stdout.write(USAGE);
  process.chdir(ROOT); // to which the build command of the engine is relative
  const env = String(values.env ?? process.env.CLOUDFLARE_ENV ?? "") || undefined;
  const has = (config: string) =>
    env === undefined || readConfig(config, undefined).definedEnvironments?.includes(env);
  if (!has(WORKER)) throw new Complaint(`wrangler.toml has no [env.${env}].`, MISUSED);
  const { problems, warnings } = check(readConfig(WORKER, env), {
    overridden: Object.fromEntries([values.var ?? []].flat().map((pair) => String(pair).split(/:(.*)/s))),
    isOpen: values.open === true,
    isEdgeOnly: values["edge-only"] === true,
    env,
  });
  for (const warning of warnings) process.stderr.write(`Note: ${warning}\n`);
  const isDry = values["dry-run"] === true;
  if (problems.length > 0 && !isDry) throw new Complaint(`${problems.join("\n")}\n\nNothing was deployed.`);
  for (const config of [ENGINE, WORKER].filter(has)) {
    const passed = args.filter((arg) => !OWN.includes(arg));
    await handOver(process.execPath, [WRANGLER, "deploy", `--config=${config}`, ...passed]);
    if (process.exitCode) return;
  }
  if (problems.length > 0)
    throw new Complaint(`${problems.join("\n")}\n\nThis would not be deployed without --dry-run.`);
});

function readConfig(config: string, env: string | undefined) {
  try {
    return unstable_readConfig({ config, ...(env !== undefined && { env }) }, { hideWarnings: true });
  } catch (error) {
    throw new Complaint(`${config} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
