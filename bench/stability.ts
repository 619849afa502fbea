/**
 * `npm run bench:stability -- PHOTOS…`: how much a drawing changes where its photo hardly does, through the Worker and the networks that
 * `npm start` runs: shifted by a pixel, compressed again, a little brighter, and from one frame of a slow clip to the next. Prints the
 * tables of docs/stability.md. PHOTOS are files, or folders of which `--count` (24) are taken; `--style` chooses one; `--clip` is the photo
 * that the camera moves over, the first one otherwise; `--json FILE` keeps every figure.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { choiceOf, command, numberOf } from "../src/cli/command-line.mjs";
import { requireWritable, unusable } from "../src/cli/files.mjs";
import { STYLES } from "../src/contract/style.ts";
import { startDrawings } from "../tests/support/drawings.ts";
import { photosIn } from "../tests/support/photos.ts";
import { type Compared, compareChanges, compareClip } from "./stability/compare.ts";
import { table } from "./stability/table.ts";

const USAGE = `How much a drawing changes where its photo hardly does.

  npm run bench:stability -- PHOTOS… [flag…]

  PHOTOS         files, or folders
  --count N      photos of the folders, 1 … 10000 (24)
  --style ID     ${STYLES.map(({ id }) => id).join(", ")}; all of them (repeatable)
  --clip PHOTO   that the camera moves over; the first one
  --json FILE    keeps every figure
`;

const text = { type: "string" } as const;
const options = { style: { ...text, multiple: true }, count: text, clip: text, json: text } as const;

await command(
  { usage: USAGE, options, takes: [1, Number.POSITIVE_INFINITY] },
  async ({ values, positionals }) => {
    const ids = STYLES.map(({ id }) => id);
    const count = numberOf("--count", values.count ?? "24", { most: 10_000 });
    const styles = (values.style ?? ids).map((style) => choiceOf("--style", style, ids));
    if (values.json !== undefined) await requireWritable(values.json);
    const photos = await photosIn(positionals, count);
    const path = values.clip ?? (photos[0] as string);
    const clip = await readFile(path).catch((error) => {
      throw unusable(path, error);
    });
    const kept = await bench(styles, photos, clip);
    if (values.json !== undefined) await writeFile(values.json, JSON.stringify(kept));
  },
);

async function bench(styles: readonly string[], photos: readonly string[], clip: Uint8Array) {
  const drawings = await startDrawings(styles);
  const kept: (Compared & { style: string; photo: string })[] = [];
  try {
    console.log(`${photos.length} photos; median, and the worst in brackets.`);
    for (const style of styles) {
      const compared: Compared[] = [];
      for (const [index, photo] of photos.entries()) {
        process.stderr.write(`\r${style} ${index + 1}/${photos.length} `);
        const all = await compareChanges(await readFile(photo), style, drawings);
        compared.push(...all);
        kept.push(...all.map((one) => ({ ...one, style, photo: basename(photo) })));
      }
      process.stderr.write(`\r${style} clip   `);
      const frames = await compareClip(clip, style, drawings, { side: 448, frames: 24, zoom: 1.3 });
      compared.push(...frames.map((one) => ({ ...one, change: "frame to frame" })));
      kept.push(...frames.map((one) => ({ ...one, style, photo: "clip" })));
      process.stderr.write("\r");
      console.log(`\n### ${style}\n\n${table(compared)}`);
    }
  } finally {
    await drawings.stop();
  }
  return kept;
}
