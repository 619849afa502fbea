/**
 * `npm run contract [-- flags of schemathesis]`: asks the Worker, as it is deployed, whatever its OpenAPI document admits and a lot of what
 * it does not, and holds every answer to the document.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/complaint.mjs";
import { ROOT } from "../../src/cli/root.mjs";
import { ensureSchemathesis } from "../../src/cli/setup/schemathesis.mjs";
import { furnish, PASSES, type Pass } from "./passes.ts";

const FOLDER = join(ROOT, "tests/contract");

const USAGE = `Asks the Worker whatever its OpenAPI document admits and a lot of what it does not, with schemathesis.

  npm run contract -- [flag of schemathesis run]…

Such as --max-examples 200, --include-path /v1/uploads or --seed 1; all of them:
https://schemathesis.readthedocs.io/en/stable/reference/cli/
`;

await run(async () => {
  if (process.argv.slice(2).some((arg) => arg === "--help" || arg === "-h")) {
    process.stdout.write(USAGE);
    return;
  }
  const program = await ensureSchemathesis();
  for (const pass of PASSES) {
    process.stdout.write(`\n${pass.title}\n`);
    const code = await ask(program, pass, process.argv.slice(2));
    process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
  }
});

async function ask(program: string, { start, flags }: Pass, more: string[]): Promise<number> {
  const workers = await start();
  const folder = await mkdtemp(join(tmpdir(), "stylegate-contract-"));
  try {
    const { key, keyId, real } = await furnish(workers);
    const config = `--config-file=${join(FOLDER, "schemathesis.toml")}`;
    const args = [config, "--no-color", "run", `${workers.url}/openapi.json`, ...flags, ...more];
    const child = spawn(program, args, {
      cwd: folder, // it writes down what it has learned
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        STYLEGATE_KEY: key,
        STYLEGATE_KEY_ID: keyId,
        STYLEGATE_REAL: JSON.stringify(real),
        STYLEGATE_HOOKS: join(FOLDER, "hooks.py"),
        PYTHONDONTWRITEBYTECODE: "1",
      },
    });
    const [code] = await once(child, "close");
    return code ?? 1;
  } finally {
    await workers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
