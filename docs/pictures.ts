/**
 * `npm run pictures`: draws the sample anew, after a network has changed, for the page (sample-handdrawn.jpg) and for the README
 * (before-after.jpg), by the Worker and the network that `npm start` runs.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Pixels } from "../src/edge/image/pixels.ts";
import { startInference } from "../tests/support/inference.ts";
import { decodeJpeg, encodeJpeg } from "../tests/support/jpeg.ts";
import { startWorkers, stylegate } from "../tests/support/workers.ts";

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** White between the two, pixels. */
const GAP = 16;

const sample = new Uint8Array(await readFile(file("src/edge/page/sample.jpg")));
const drawing = await draw(sample);
await writeFile(file("src/edge/page/sample-handdrawn.jpg"), drawing);
const pair = sideBySide(await decodeJpeg(sample), await decodeJpeg(drawing));
await writeFile(file("docs/before-after.jpg"), await encodeJpeg(pair, 88));

async function draw(photo: Uint8Array): Promise<Uint8Array> {
  const inference = await startInference();
  const workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, { INFERENCE_URL: inference.url, MODEL_SUFFIX: "_int8" }),
  ]);
  try {
    const uploading = { method: "POST", body: Buffer.from(photo) };
    const { id } = (await (await fetch(`${workers.url}/v1/uploads`, uploading)).json()) as { id: string };
    const path = `/image/style=handdrawn,format=jpeg,quality=92/upload:${id}`;
    return new Uint8Array(await (await fetch(workers.url + path)).arrayBuffer());
  } finally {
    await workers.stop();
    await inference.stop();
  }
}

/** Two pictures of one size. */
function sideBySide(left: Pixels, right: Pixels): Pixels {
  const { width, height } = left;
  const whole = {
    width: 2 * width + GAP,
    height,
    data: new Uint8ClampedArray((2 * width + GAP) * height * 4).fill(255),
  };
  for (let y = 0; y < height; y++) {
    for (const [picture, x] of [
      [left, 0],
      [right, width + GAP],
    ] as const) {
      const line = picture.data.subarray(y * width * 4, (y + 1) * width * 4);
      whole.data.set(line, (y * whole.width + x) * 4);
    }
  }
  return whole;
}
