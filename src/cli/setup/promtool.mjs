import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { aptGet } from "./apt.mjs";
import { capture } from "./command.mjs";

const FOLDER = join(ROOT, ".promtool");
const OWN = join(FOLDER, "usr/bin/promtool");

/**
 * Prometheus's promtool, which no registry of npm or Python has: the one on the PATH, or out of Debian's and Ubuntu's package, which is taken apart
 * here and not installed, lest it start a server.
 *
 * @returns {Promise<string | undefined>} its path; undefined where there is none for this machine
 */
export async function findPromtool() {
  for (const program of ["promtool", OWN]) if (await runs(program)) return program;
  if (!(await runs("apt-get"))) return undefined;
  await step("Fetching promtool (once)", fetchOwn);
  return (await runs(OWN)) ? OWN : undefined;
}

/** @param {string} program */
const runs = async (program) => (await capture(program, ["--version"])).code === 0;

async function fetchOwn() {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER);
  const download = () => capture("apt-get", ["download", "prometheus"], { cwd: FOLDER });
  if ((await download()).code !== 0) {
    const [command, ...args] = (await aptGet()) ?? [];
    if (command === undefined) return;
    await capture(command, [...args, "update"]); // without its lists, apt knows no package
    await download();
  }
  for (const name of await readdir(FOLDER)) await capture("dpkg-deb", ["-x", name, "."], { cwd: FOLDER });
}
