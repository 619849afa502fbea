import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { quiet } from "../src/cli/serve/servers.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

it("npm run deploy deploys the edge engine, then the Worker that is bound to it, and passes flags on", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["src/cli/deploy.mjs", "--dry-run"], {
    cwd: ROOT,
    env: { ...process.env, ...quiet(".wrangler") },
  });
  expect(stdout.match(/--dry-run: exiting now/g)).toHaveLength(2);
  const [engine = "", worker = ""] = stdout.split("--dry-run: exiting now");
  expect(engine).toContain("No bindings found.");
  expect(worker).toContain("env.EDGE_INFERENCE (stylegate-edge-inference)");
}, 60_000);
