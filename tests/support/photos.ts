import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { Complaint, MISUSED } from "../../src/cli/complaint.mjs";
import { unusable } from "../../src/cli/files.mjs";

const PICTURES = new Set([".jpg", ".jpeg", ".png", ".webp", ".avif"]);

/**
 * Files as they are named, and of folders as many each as makes `count` in all, spread evenly over their names.
 *
 * @throws Complaint where one is not there, or there is none
 */
export async function photosIn(paths: readonly string[], count: number): Promise<string[]> {
  const folders = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch((error) => {
        throw unusable(path, error);
      });
      return found.isDirectory();
    }),
  );
  const each = Math.ceil(count / Math.max(1, folders.filter(Boolean).length));
  const found = await Promise.all(
    paths.map(async (path, i) => {
      if (!folders[i]) return [path];
      const names = (await readdir(path)).filter((name) => PICTURES.has(extname(name).toLowerCase())).sort();
      const taken = Math.min(each, names.length);
      return Array.from({ length: taken }, (_, k) =>
        join(path, names[Math.floor(((k + 0.5) * names.length) / taken)] as string),
      );
    }),
  );
  const photos = found.flat();
  if (photos.length > 0) return photos;
  throw new Complaint(`${paths.join(", ")} has no JPEG, PNG, WebP or AVIF files.`, MISUSED);
}
