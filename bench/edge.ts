/**
 * `npm run bench:edge`: a cached picture from the Worker beside a Worker that does nothing but stream the same object from R2, both in
 * one workerd, taking turns; what it takes to resize and convert photos, beside sharp and ipx; what the time of a miss goes into; and
 * what it takes to draw pictures of no, one, eight and sixty faces. `npm run bench:edge -- hits`, `resizing`, `misses` or `faces` runs one
 * of the four.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { choiceOf, command } from "../src/cli/command-line.mjs";
import { cellsOf, group } from "../tests/support/group.ts";
import { startInference } from "../tests/support/inference.ts";
import { startWorkers, stylegate } from "../tests/support/workers.ts";
import { hits, PEER } from "./edge/hits.ts";
import { misses } from "./edge/misses.ts";
import { cameraJpeg } from "./edge/pictures.ts";
import { resizing } from "./edge/resizing.ts";

const PARTS = ["hits", "resizing", "misses", "faces"] as const;
type Part = (typeof PARTS)[number];

const USAGE = `What cached and other pictures take of the Worker, beside peers in the same run.

  npm run bench:edge -- [${PARTS.join("|")}]…

Without a part, all of them.
`;

await command({ usage: USAGE, takes: [0, PARTS.length] }, ({ positionals }) =>
  bench(positionals.length > 0 ? positionals.map((part) => choiceOf("A part", part, PARTS)) : PARTS),
);

async function bench(wanted: readonly Part[]): Promise<void> {
  const inference = await startInference(["ttn_handdrawn_int8", "face_detector"]);
  const workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, {
      INFERENCE_URL: inference.url,
      MODEL_SUFFIX: "_int8",
      MAX_FACES: "64",
    }),
    {
      name: "peer",
      modules: true,
      script: PEER,
      compatibilityDate: modules.code.compatibilityDate,
      r2Buckets: { PICTURES: "pictures" },
      routes: ["*/peer/*"],
    },
  ]);
  try {
    const sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
    const large = await cameraJpeg(sample, 4032, 3024);
    const medium = await cameraJpeg(sample, 1600, 1200);
    const small = await cameraJpeg(sample, 640, 480);
    const resized = { width: 640, format: "jpeg" } as const;
    const converted = (["jpeg", "webp", "avif", "png"] as const).map((format) => ({ width: 640, format }));
    if (wanted.includes("hits")) await hits(sample, workers);
    if (wanted.includes("resizing")) {
      await resizing(
        [
          ["12 MP JPEG", large, [resized]],
          ["2 MP JPEG", medium, [resized]],
          ["640 × 480 JPEG", small, converted],
        ],
        workers,
      );
    }
    if (wanted.includes("misses")) {
      await misses("512 × 512", sample, workers);
      await misses("4032 × 3024 (12 MP)", large, workers);
    }
    if (wanted.includes("faces")) {
      const times: number[] = [];
      for (const [columns, rows, side] of [
        [0, 0, 0],
        [1, 1, 160],
        [4, 2, 160],
        [10, 6, 72],
      ] as const) {
        const picture = await group(sample, 768, 512, cellsOf(columns, rows, side));
        const jpeg = await sharp(picture).jpeg({ quality: 90 }).toBuffer();
        times.push(await misses(`${columns * rows} faces`, jpeg, workers));
      }
      const [, one = 0, eight = 0] = times;
      console.log(`\n8 faces take ${(eight / one).toFixed(2)} × the time of one, in as many calls.`);
    }
  } finally {
    await workers.stop();
    await inference.stop();
  }
}
