/**
 * `npm run bench:stability -- PHOTOS…`: how much a drawing changes where its photo hardly does, through the Worker and the networks that
 * `npm start` runs: shifted by a pixel, compressed again, a little brighter, and from one frame of a slow clip to the next. Prints the
 * tables of docs/stability.md. PHOTOS are files, or folders of which `--count` (24) are taken; `--style` chooses one; `--clip` is the photo
 * that the camera moves over, the first one otherwise; `--json FILE` keeps every figure.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { STYLES } from "../src/contract/style.ts";
import { startDrawings } from "../tests/support/drawings.ts";
import { photosIn } from "../tests/support/photos.ts";
import { type Compared, compareChanges, compareClip } from "./stability/compare.ts";
import { table } from "./stability/table.ts";

const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { style: { ...text, multiple: true }, count: text, clip: text, json: text },
});
const styles = values.style ?? STYLES.map(({ id }) => id);
const photos = await photosIn(positionals, Number(values.count ?? 24));
if (photos.length === 0) throw new Error("name photos, or folders of them");
const clip = await readFile(values.clip ?? (photos[0] as string));

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
if (values.json) await writeFile(values.json, JSON.stringify(kept));
