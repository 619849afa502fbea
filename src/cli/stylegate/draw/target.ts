import { stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { OUTPUT_FORMATS } from "../../../contract/api/stylizations.ts";
import { EXTENSION } from "../../../contract/transform/fields.ts";
import { misused } from "../../command-line.mjs";
import { text, type Values } from "../flags.ts";
import { type Photo, STREAM } from "./photos.ts";

export type Format = (typeof OUTPUT_FORMATS)[number];

/** Where pictures go: a file or a stream for the only one, or a folder with a name for each. */
export type Target =
  | { kind: "stream"; format: Format }
  | { kind: "file"; path: string; format: Format }
  | { kind: "folder"; path: string; format: Format; pattern: string };

const EXTENSIONS: Record<string, Format> = {
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".webp": "webp",
  ".avif": "avif",
  ".png": "png",
  ".json": "json",
};

/**
 * @param pictures how many there will be, at least
 * @throws Complaint
 */
export async function targetOf(
  values: Values,
  photos: readonly Photo[],
  styles: readonly string[],
  isFolder: boolean,
): Promise<Target> {
  const given = text(values, "format");
  const format = OUTPUT_FORMATS.find((format) => format === (given === "jpg" ? "jpeg" : given));
  if (given !== undefined && !format)
    throw misused(`There is no format "${given}"; there are: ${OUTPUT_FORMATS.join(", ")}.`);
  const out = text(values, "out") ?? (photos.some(({ path }) => path === STREAM) ? STREAM : undefined);
  const isOne = photos.length * styles.length === 1 && !isFolder;
  if (out === STREAM) {
    if (isOne) return { kind: "stream", format: format ?? "jpeg" };
    throw misused("Standard output has room for one picture: name a folder with -o.");
  }
  const isThere = out !== undefined && (await stat(out).catch(() => undefined))?.isDirectory();
  const named = out === undefined ? undefined : EXTENSIONS[extname(out).toLowerCase()];
  if (out !== undefined && isOne && !isThere && !/[\\/]$/.test(out)) {
    const chosen = format ?? named;
    if (!chosen)
      throw misused(
        `"${out}" does not say the format: end it in .jpg, .webp, .avif or .png, or add --format.`,
      );
    if (named && format && named !== format) throw misused(`"${out}" says ${named}, and --format ${format}.`);
    return { kind: "file", path: resolve(out), format: chosen };
  }
  if (out !== undefined && named && !isThere)
    throw misused(`"${out}" is one file, and there are several pictures: name a folder with -o.`);
  if (out === undefined && isFolder) throw misused("Say where the pictures of a folder go: -o FOLDER.");
  const pattern =
    text(values, "name") ?? (styles.length > 1 || out === undefined ? "{name}-{style}" : "{name}");
  requireDistinct(pattern, photos, styles);
  return { kind: "folder", path: resolve(out ?? "."), format: format ?? "jpeg", pattern };
}

/** The file of one picture, relative to the target's folder. */
export function fileName(
  { pattern, format }: Extract<Target, { kind: "folder" }>,
  { name }: Photo,
  style: string,
): string {
  const filled = pattern
    .replaceAll("{style}", style)
    .replaceAll("{format}", format)
    .replaceAll("{name}", name);
  return extname(pattern) === "" ? `${filled}.${EXTENSION[format]}` : filled;
}

function requireDistinct(pattern: string, photos: readonly Photo[], styles: readonly string[]): void {
  if (styles.length > 1 && !pattern.includes("{style}"))
    throw misused(`--name needs {style}: there are ${styles.length} styles.`);
  if (photos.length > 1 && !pattern.includes("{name}"))
    throw misused(`--name needs {name}: there are ${photos.length} photos.`);
  if (/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(pattern)) throw misused("--name must stay within the folder.");
}
