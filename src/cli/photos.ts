import { readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { Complaint, MISUSED } from "./complaint.mjs";
import { unusable } from "./files.mjs";

const EXTENSIONS = /^\.(?:jpe?g|jfif|png|webp|avif|hei[cf]|gif)$/i;

/**
 * The files of a folder, and of the folders in it, whose names say that they are pictures: sorted as people count, relative to it.
 *
 * @throws Complaint where it cannot be read, or has none
 */
export async function picturesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    throw unusable(folder, error);
  });
  const names = entries
    .filter((entry) => entry.isFile() && EXTENSIONS.test(extname(entry.name)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  if (names.length > 0) return names;
  throw new Complaint(`${folder} has no JPEG, PNG, WebP, AVIF, HEIC or GIF files.`, MISUSED);
}
