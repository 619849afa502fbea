import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { misused } from "../../command-line.mjs";
import { picturesIn } from "../../photos.ts";

/** Standard input, or output. */
export const STREAM = "-";

/** A photo to be drawn: where it is, and what its pictures are called after, within the folder that they go to. */
export type Photo = { path: string; name: string };

/**
 * The photos that are named, with those of the folders that are; the tree of a folder is kept.
 *
 * @param meant what a name that is no file may have been meant to be
 * @throws Complaint
 */
export async function photosOf(
  names: readonly string[],
  meant: (name: string) => string | undefined,
): Promise<Photo[]> {
  const photos: Photo[] = [];
  for (const name of names) {
    if (name === STREAM) {
      photos.push({ path: STREAM, name: "stdin" });
      continue;
    }
    const found = await stat(name).catch(() => undefined);
    if (!found) {
      const command = meant(name);
      throw misused(
        `There is no file "${name}"${command ? `; did you mean stylegate ${command}?` : ", nor such a command: --help lists them."}`,
      );
    }
    if (!found.isDirectory()) photos.push({ path: name, name: withoutExtension(basename(name)) });
    else
      for (const each of await picturesIn(name))
        photos.push({ path: join(name, each), name: withoutExtension(each) });
  }
  return distinct(photos);
}

/** `me.jpg` and `me.png` are two photos: they keep what tells them apart. */
function distinct(photos: Photo[]): Photo[] {
  const counts = Map.groupBy(photos, ({ name }) => name);
  return photos.map((photo) => {
    const isAlone = counts.get(photo.name)?.length === 1;
    return isAlone ? photo : { ...photo, name: join(dirname(photo.name), basename(photo.path)) };
  });
}

const withoutExtension = (path: string) => path.slice(0, path.length - extname(path).length);

/** Reads the photo whole: it is at most as large as the service takes. */
export async function bytesOf({ path }: Photo, stdin: NodeJS.ReadStream): Promise<Uint8Array<ArrayBuffer>> {
  if (path === STREAM) return new Uint8Array(await buffer(stdin));
  return new Uint8Array(await readFile(path));
}
