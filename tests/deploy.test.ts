import { expect, it } from "vitest";
import { ROOT } from "../src/cli/root.mjs";
import { quiet } from "../src/cli/serve/servers.mjs";
import { capture } from "../src/cli/setup/command.mjs";

/** Without anybody's account: what would be deployed after all, fails. */
const deploy = (...args: string[]) =>
  capture(process.execPath, ["--disable-warning=ExperimentalWarning", "src/cli/deploy/main.ts", ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...quiet(".wrangler"),
      CLOUDFLARE_API_TOKEN: "none",
      CLOUDFLARE_ACCOUNT_ID: "none",
    },
  });

it("npm run deploy deploys the edge engine, then the Worker that is bound to it, which alone has what --var says", async () => {
  const { code, output } = await deploy("--dry-run", "--var", "INFERENCE_URL:https://gpu.example.com");
  expect(code).toBe(0);
  expect(output.match(/--dry-run: exiting now/g)).toHaveLength(2);
  const [engine = "", worker = ""] = output.split("--dry-run: exiting now");
  expect(engine).toContain("No bindings found.");
  expect(worker).toContain("env.EDGE_INFERENCE (stylegate-edge-inference)");
  expect(worker).toContain('env.INFERENCE_URL ("(hidden)")'); // as wrangler shows what --var says
});

it("deploys nothing where wrangler.toml could not work, and says why", async () => {
  const { code, output } = await deploy("--var", "AUTH:open");
  expect(code).toBe(1);
  expect(output).toMatch(/^No Worker reaches http:\/\/127\.0\.0\.1:8788/m);
  expect(output).toMatch(/^AUTH is "open"/m);
  expect(output).toContain("Nothing was deployed.");
  expect(output).not.toMatch(/wrangler \d|Total Upload/);
});

it("bundles both in a dry run all the same, and ends with 1", async () => {
  const { code, output } = await deploy("--dry-run", "--open", "--var", "AUTH:open");
  expect(code).toBe(1);
  expect(output.match(/--dry-run: exiting now/g)).toHaveLength(2);
  expect(output).toMatch(/^No Worker reaches/m);
  expect(output).not.toMatch(/^AUTH is "open"/m);
});

it.each([
  [
    "a variable behind another",
    ["--var", "INFERENCE_URL:https://gpu.example.com", "AUTH:open"],
    /^"AUTH:open" is too much/,
  ],
  ["a dry run that is none", ["--dry-run", "false"], /^"false" is too much/],
  ["another such", ["--dry-run=false"], /^--dry-run takes no value/],
  ["and another", ["--no-dry-run"], /^There is no --no-dry-run here/],
  ["another Worker's file", ["--config", "deploy/container/wrangler.toml"], /^There is no --config here/],
])("refuses %s, in one line, before wrangler could take it otherwise", async (_, args, sentence) => {
  const { code, output } = await deploy(...args);
  expect(output.trim().split("\n")).toEqual([expect.stringMatching(sentence)]);
  expect(code).toBe(2);
});

it("knows no environment that wrangler.toml has not", async () => {
  const { code, output } = await deploy("--env", "staging");
  expect([code, output.trim()]).toEqual([2, "wrangler.toml has no [env.staging]."]);
});
