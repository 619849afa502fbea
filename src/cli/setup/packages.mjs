import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { capture, lastLines } from "./command.mjs";
import { complaintAboutPlatform, runsProject } from "./node-version.mjs";
import { npm } from "./npm.mjs";
import { whenChanged } from "./stamp.mjs";

const MODULES = join(ROOT, "node_modules");

/**
 * Installs the npm packages that package-lock.json pins, unless they are there. Among them is a Node for the project itself: the
 * system's may be as old as 20.
 *
 * @returns {Promise<string>} the path of the Node that runs the project
 */
export async function ensurePackages() {
  const lock = await readFile(join(ROOT, "package-lock.json"), "utf8");
  await whenChanged(join(MODULES, ".stylegate"), [lock, process.platform, process.arch], () =>
    step("Installing the npm packages (once)", install),
  );
  return projectNode();
}

async function install() {
  // Flags win over what a surrounding npm hands down in the environment. No package's install script is needed here, and
  // onnxruntime-node's would download CUDA.
  const flags = ["--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const { code, output } = await npm(["ci", ...flags, "--loglevel=error"], ROOT);
  if (code === 0) return;
  if (code === 127)
    throw new Complaint("npm is not on the PATH: install Node 20 or newer together with npm.");
  throw new Complaint(`npm ci failed:\n${lastLines(output)}`);
}

async function projectNode() {
  const own = join(MODULES, ".bin", "node");
  const isThere = await access(own).then(
    () => true,
    () => false,
  );
  // A C library that the binary was not built for (Alpine's) shows only when it runs.
  if (isThere && (await capture(own, ["--version"])).code === 0) return own;
  if (runsProject(process.versions.node)) return process.execPath;
  throw new Complaint(complaintAboutPlatform(process.versions.node, process.platform, process.arch));
}
