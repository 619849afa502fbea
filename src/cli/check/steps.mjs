import { join } from "node:path";
import { ROOT } from "../root.mjs";
import { ensureChromium } from "../setup/chromium.mjs";
import { ensureDeployTools } from "../setup/deploy-tools.mjs";
import { ensurePython } from "../setup/python.mjs";
import { tritonProblem } from "../setup/triton.mjs";
import { sum } from "./outcome.mjs";

const PYTHON = ["training", "bench", "tests", "src", "examples", "deploy"].map((folder) =>
  join(ROOT, folder),
);

/**
 * What `npm test` runs, quick checks first and what takes long in the middle or at the end: it is begun at both ends.
 *
 * @typedef {object} Step
 * @property {string} name for the command line
 * @property {string} title
 * @property {(runner: import("./runner.mjs").Runner) => Promise<import("./outcome.mjs").Outcome>} run
 */

/** @type {Step[]} */
export const STEPS = [
  {
    name: "lint",
    title: "TypeScript and JavaScript: lint and format",
    run: (runner) => runner.check("biome", ["check"]),
  },
  {
    name: "types",
    title: "Types: the Worker, Node, the page, the client",
    run: async (runner) => {
      // The Worker's bindings, from wrangler.toml; the runtime's types are those of @cloudflare/workers-types.
      const bindings = ["types", "--include-runtime=false", "--strict-vars=false"];
      const outcomes = [await runner.check("wrangler", bindings)];
      for (const config of [
        "tsconfig.json",
        "tsconfig.node.json",
        "tsconfig.page.json",
        "src/client/tsconfig.json",
      ]) {
        outcomes.push(await runner.check("tsc", ["-p", config]));
      }
      return sum(outcomes);
    },
  },
  { name: "workerd", title: "Tests in workerd", run: (runner) => runner.vitest("workerd") },
  {
    name: "node",
    title: "Tests in Node and Chromium",
    run: async (runner) => runner.vitest("node", { CHROME_PATH: await ensureChromium() }),
  },
  {
    name: "hostile",
    title: "Attacks, bombs and broken files against the Worker (a sample; all of them: npm run test:hostile)",
    run: (runner) => runner.vitest("hostile"),
  },
  {
    name: "contract",
    title: "Requests made up from the OpenAPI document, against the Worker",
    run: (runner) => runner.check("node", [join(ROOT, "tests/contract/main.ts")]),
  },
  {
    name: "conformance",
    title: "The inference protocol as a real Triton and KServe speak it (the embedded server: in Node)",
    run: async (runner) => {
      const suite = (/** @type {string} */ server) =>
        runner.check("node", [join(ROOT, "tests/conformance/main.ts"), server]);
      const triton = async () => {
        const reason = await tritonProblem();
        if (reason === undefined) return suite("triton");
        return { passed: 0, failed: [], skipped: [{ name: "conformance of Triton", reason }] };
      };
      // At once: most of it is installing the one and the other.
      return sum(await Promise.all([suite("kserve"), triton()]));
    },
  },
  {
    name: "deploy",
    title:
      "Images, charts, manifests, releases: built, rendered and checked as far as that goes without Docker and a cluster",
    run: async (runner) => runner.vitest("deploy", { DEPLOY_TOOLS: await ensureDeployTools() }),
  },
  {
    name: "python",
    title: "Python: lint, format, tests",
    run: async (runner) => {
      const programs = await ensurePython();
      const training = join(ROOT, "training");
      const ruff = join(programs, "ruff");
      const settings = ["--config", join(training, "pyproject.toml")];
      return sum([
        await runner.check(ruff, ["check", "--quiet", ...settings, ...PYTHON]),
        await runner.check(ruff, ["format", "--check", "--quiet", ...settings, ...PYTHON]),
        await runner.pytest(join(programs, "python"), training),
      ]);
    },
  },
];
