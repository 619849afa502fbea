import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Complaint, MISUSED } from "./complaint.mjs";

/** @type {Record<string, string>} */
const REASONS = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "it is no folder",
  EISDIR: "it is a folder",
  EACCES: "that is not allowed",
  EROFS: "nothing can be written there",
};

/**
 * A file or folder that was named on the command line and cannot be used.
 *
 * @param {string} path
 * @param {unknown} error of node:fs
 * @param {"read" | "written"} [use]
 */
export function unusable(path, error, use = "read") {
  const { code = "", message } = /** @type {NodeJS.ErrnoException} */ (error);
  return new Complaint(`${path} cannot be ${use}: ${REASONS[code] ?? message}.`, MISUSED);
}

/**
 * Whether a file can be written there: before the work is done, not after it.
 *
 * @param {string} file
 * @throws Complaint
 */
export async function requireWritable(file) {
  await access(dirname(resolve(file)), constants.W_OK).catch(() => {
    throw new Complaint(`${file} cannot be written: its folder is not there, or not yours.`, MISUSED);
  });
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new Complaint(`${file} cannot be written: it is a folder.`, MISUSED);
}
