import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Complaint, MISUSED } from "./complaint.mjs";

/** @type {Record<string, string>} */
const OF_FILES = {
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
  return new Complaint(`${path} cannot be ${use}: ${OF_FILES[code] ?? message}.`, MISUSED);
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

/**
 * Why a server did not answer, as fetch has it in its error's cause; undefined where that is another mistake.
 *
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function whyUnanswered(error) {
  if (error instanceof DOMException && error.name === "TimeoutError") return "it took too long";
  if (!(error instanceof TypeError) || error.message !== "fetch failed") return undefined;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // Of a name with several addresses, each one's error, without a message of its own.
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return (first instanceof Error && first.message) || cause.message || cause.name;
}
