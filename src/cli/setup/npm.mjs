import { basename } from "node:path";
import { capture } from "./command.mjs";

/**
 * Runs the npm that runs us, or else the one on the PATH.
 *
 * @param {string[]} args
 * @param {string} folder
 */
export function npm(args, folder) {
  const running = process.env.npm_execpath ?? "";
  return basename(running) === "npm-cli.js"
    ? capture(process.execPath, [running, ...args], { cwd: folder })
    : capture("npm", args, { cwd: folder });
}
