import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { step } from "../terminal.mjs";
import { aptGet } from "./apt.mjs";
import { capture, lastLines } from "./command.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const MAC_APPS = ["Google Chrome", "Chromium"].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);

/**
 * The path of a Chrome or Chromium: CHROME_PATH, an installed one, or Debian's own package where apt may be used.
 *
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (await exists(given)) return given;
    throw new Complaint(`CHROME_PATH is ${given}, and there is no such file.`);
  }
  const found = await findChromium();
  if (found) return found;
  const apt = await aptGet();
  if (apt) await step("Installing Chromium with apt-get (once)", () => install(apt));
  const installed = await findChromium();
  if (installed) return installed;
  throw new Complaint("No Chrome or Chromium was found: install one, or set CHROME_PATH to its program.");
}

async function findChromium() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [...onPath, ...MAC_APPS]) {
    // Ubuntu's chromium-browser is a stub that only asks for a snap: what counts is that it runs.
    if ((await exists(path)) && (await capture(path, ["--version"])).code === 0) return path;
  }
  return undefined;
}

/** @param {string[]} apt */
async function install([command = "", ...args]) {
  for (const task of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const { code, output } = await capture(command, [...args, ...task]);
    if (code !== 0) throw new Complaint(`apt-get ${task[0]} failed:\n${lastLines(output)}`);
  }
}

/** @param {string} path */
function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
