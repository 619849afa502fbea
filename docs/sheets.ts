/**
 * `npm run sheets -- PHOTOS… [--bodies FOLDER] [--scenery FOLDER] [--out FOLDER]`: composes scenes of portraits (groups, crowds, people far
 * away, turned ones, nobody), has the Worker and the networks that `npm start` runs draw them in every style, and writes the drawings alone
 * as docs/grids/faces-{kind}.jpg, a row for each style. Prints how many faces were found in each scene, and how many were drawn by themselves.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type OverlayOptions } from "sharp";
import { command } from "../src/cli/command-line.mjs";
import { requireWritable } from "../src/cli/files.mjs";
import { STYLES } from "../src/contract/style.ts";
import { type Drawings, startDrawings } from "../tests/support/drawings.ts";
import { photosIn } from "../tests/support/photos.ts";
import { type Kind, kindsOf } from "./sheets/kinds.ts";

/** White between the drawings, pixels. */
const GAP = 8;

const USAGE = `Composes scenes of portraits, has them drawn in every style, and writes the drawings as a grid for each kind of scene.

  npm run sheets -- PHOTOS… [--bodies FOLDER] [--scenery FOLDER] [--scenes FOLDER] [--out FOLDER]

  PHOTOS      portraits, or folders of them
  --bodies    whole people
  --scenery   places without any
  --scenes    keeps the scenes there, as they are composed
  --out       where faces-{kind}.jpg are written (docs/grids)
`;

const text = { type: "string" } as const;
const options = { bodies: text, scenery: text, scenes: text, out: text };

await command(
  { usage: USAGE, options, takes: [1, Number.POSITIVE_INFINITY] },
  async ({ values, positionals }) => {
    const out = values.out ?? fileURLToPath(new URL("grids", import.meta.url));
    for (const folder of [out, values.scenes ?? out]) await requireWritable(join(folder, "faces.jpg"));
    const kinds = await kindsOf({
      portraits: await files(positionals, 60),
      bodies: values.bodies === undefined ? [] : await files([values.bodies], 100),
      scenery: values.scenery === undefined ? [] : await files([values.scenery], 100),
    });
    if (values.scenes !== undefined) await keepScenes(kinds, values.scenes);
    const drawings = await startDrawings(STYLES.map(({ id }) => id));
    try {
      for (const kind of kinds) {
        await writeFile(join(out, `faces-${kind.name}.jpg`), await sheet(kind, drawings));
      }
    } finally {
      await drawings.stop();
    }
  },
);

async function files(paths: string[], count: number): Promise<Buffer[]> {
  return Promise.all((await photosIn(paths, count)).map((path) => readFile(path)));
}

async function keepScenes(kinds: readonly Kind[], folder: string): Promise<void> {
  for (const { name, scenes } of kinds) {
    for (const [i, scene] of scenes.entries())
      await writeFile(join(folder, `${name}-${i + 1}.png`), await sharp(scene).png().toBuffer());
  }
}

/** The scenes from the left to the right, the styles from the top to the bottom. */
async function sheet({ name, tile, scenes }: Kind, drawings: Drawings): Promise<Buffer> {
  const tiles: OverlayOptions[] = [];
  for (const [row, { id }] of STYLES.entries()) {
    for (const [column, scene] of scenes.entries()) {
      const { bytes, faces } = await drawings.draw(scene, id);
      const heads = faces.filter(({ drawn }) => drawn === "head").length;
      if (row === 0)
        console.log(`${name} ${column + 1}: ${faces.length} faces, ${heads} drawn by themselves`);
      const input = await sharp(bytes)
        .resize({ ...tile, fit: "cover" })
        .png()
        .toBuffer();
      tiles.push({ input, left: column * (tile.width + GAP), top: row * (tile.height + GAP) });
    }
  }
  const width = scenes.length * (tile.width + GAP) - GAP;
  const height = STYLES.length * (tile.height + GAP) - GAP;
  return sharp({ create: { width, height, channels: 3, background: "#fff" } })
    .composite(tiles)
    .jpeg({ quality: 80, mozjpeg: true })
    .toBuffer();
}
