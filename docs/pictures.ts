/**
 * `npm run pictures`: draws the sample anew, after a network has changed, for the page (sample-drawn.jpg, in the first style) and for the
 * README (styles.jpg, in every style), by the Worker and the networks that `npm start` runs.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { command } from "../src/cli/command-line.mjs";
import { STYLES } from "../src/contract/style.ts";
import type { Pixels } from "../src/edge/image/pixels.ts";
import { startInference } from "../tests/support/inference.ts";
import { decodeJpeg, encodeJpeg } from "../tests/support/jpeg.ts";
import { startWorkers, stylegate } from "../tests/support/workers.ts";

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** White between two, pixels. */
const GAP = 16;

const USAGE = `Draws the sample anew, for the page and the README, after a network has changed.

  npm run pictures
`;

await command({ usage: USAGE }, async () => {
  const sample = new Uint8Array(await readFile(file("src/edge/page/sample.jpg")));
  const drawings = await draw(sample);
  await writeFile(file("src/edge/page/sample-drawn.jpg"), drawings[0] as Uint8Array);
  const row = await Promise.all([sample, ...drawings].map(decodeJpeg));
  await writeFile(file("docs/styles.jpg"), await encodeJpeg(sideBySide(row), 86));
});

/** In every style, in the manifest's order. */
async function draw(photo: Uint8Array): Promise<Uint8Array[]> {
  const inference = await startInference([...STYLES.map(({ id }) => `ttn_${id}_int8`), "face_detector"]);
  const workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, { INFERENCE_URL: inference.url, MODEL_SUFFIX: "_int8" }),
  ]);
  try {
    const uploading = { method: "POST", body: Buffer.from(photo) };
    const { id } = (await (await fetch(`${workers.url}/v1/uploads`, uploading)).json()) as { id: string };
    const drawn = STYLES.map(async (style) => {
      const path = `/image/style=${style.id},format=jpeg,quality=92/upload:${id}`;
      const response = await fetch(workers.url + path);
      if (!response.ok) throw new Error(await response.text());
      return new Uint8Array(await response.arrayBuffer());
    });
    return await Promise.all(drawn);
  } finally {
    await workers.stop();
    await inference.stop();
  }
}

/** Pictures of one size. */
function sideBySide(pictures: Pixels[]): Pixels {
  const { width, height } = pictures[0] as Pixels;
  const across = pictures.length * (width + GAP) - GAP;
  const whole = { width: across, height, data: new Uint8ClampedArray(across * height * 4).fill(255) };
  for (const [index, { data }] of pictures.entries()) {
    for (let y = 0; y < height; y++) {
      const line = data.subarray(y * width * 4, (y + 1) * width * 4);
      whole.data.set(line, (y * across + index * (width + GAP)) * 4);
    }
  }
  return whole;
}
