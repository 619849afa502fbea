import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIPX, createIPXNodeServer, ipxFSStorage } from "ipx";
import sharp, { type Sharp } from "sharp";
import { avifQuality } from "../../src/edge/image/encode/avif-quality.ts";
import { median } from "../../tests/support/percentile.ts";
import type { Workers } from "../../tests/support/workers.ts";
import { another } from "./pictures.ts";
import { upload } from "./service.ts";

const ROUNDS = 15;
const QUALITY = 85;

type Format = "jpeg" | "webp" | "avif" | "png";
type Job = { width: number; format: Format };

/** Somebody who is given a picture, and then asked for it in another size and format: by one request at a time. */
type Rival = { name: string; prepare: (picture: Uint8Array, job: Job, index: number) => Promise<string> };

/** As our own encoders are set (src/edge/image/encode). */
const LIKE_OURS: Record<Format, (image: Sharp) => Sharp> = {
  jpeg: (image) => image.jpeg({ quality: QUALITY, mozjpeg: true }),
  webp: (image) => image.webp({ quality: QUALITY, effort: 2 }),
  avif: (image) => image.avif({ quality: avifQuality(QUALITY), effort: 0, chromaSubsampling: "4:2:0" }),
  png: (image) => image.png(),
};

/**
 * The Worker's own work on pictures beside native code on this machine: sharp with the same encoders' settings, and ipx as it comes. All
 * answer by HTTP, keep their pictures on disk, and see every file for the first time.
 */
export async function resizing(pictures: [what: string, file: Uint8Array, jobs: Job[]][], workers: Workers) {
  const folder = await mkdtemp(join(tmpdir(), "stylegate-bench-"));
  const native = await listen(async (request, response) => {
    const [, format = "", width = "", file = ""] = (request.url ?? "").split("/");
    const image = sharp(join(folder, file))
      .autoOrient()
      .resize({ width: Number(width), withoutEnlargement: true });
    response.end(await LIKE_OURS[format as Format](image).toBuffer());
  });
  const ipx = await listen(createIPXNodeServer(createIPX({ storage: ipxFSStorage({ dir: folder }) })));
  const save = async (picture: Uint8Array, index: number) => {
    await writeFile(join(folder, `${index}.jpg`), another(picture, index));
    return `${index}.jpg`;
  };
  const rivals: Rival[] = [
    {
      name: "stylegate",
      prepare: async (picture, { width, format }, index) => {
        const options = `strength=0,width=${width},format=${format},quality=${QUALITY},style=engraving`;
        return `${workers.url}/image/${options}/upload:${await upload(workers, another(picture, index))}`;
      },
    },
    {
      name: "sharp",
      prepare: async (picture, { width, format }, index) =>
        `${native.url}/${format}/${width}/${await save(picture, index)}`,
    },
    {
      name: "ipx",
      prepare: async (picture, { width, format }, index) =>
        `${ipx.url}/w_${width},f_${format},q_${QUALITY}/${await save(picture, index)}`,
    },
  ];
  console.log(
    `\nAnother size or format of a photo, one request at a time, median of ${ROUNDS}, taking turns;`,
  );
  console.log(
    "sharp has our encoders' settings, ipx its own. In brackets the Worker's decoding, resizing and encoding",
  );
  console.log("alone, without HTTP and the local emulation of R2 and of Durable Objects.\n");
  printRow("", ["stylegate", "sharp", "ipx", "time / sharp's", "/ ipx's"]);
  try {
    let index = 1;
    for (const [what, file, jobs] of pictures) {
      for (const job of jobs) index = await race(what, file, job, rivals, index);
    }
  } finally {
    native.stop();
    ipx.stop();
    await rm(folder, { recursive: true });
  }
}

async function race(
  what: string,
  file: Uint8Array,
  job: Job,
  rivals: Rival[],
  first: number,
): Promise<number> {
  const times = rivals.map((): number[] => []);
  const alone: number[] = [];
  const sizes = rivals.map(() => 0);
  let index = first;
  for (let round = 0; round <= ROUNDS; round++, index++) {
    for (const [place, { name, prepare }] of rivals.entries()) {
      const url = await prepare(file, job, index);
      const began = performance.now();
      const answer = await fetch(url);
      const { byteLength } = await answer.arrayBuffer();
      const time = performance.now() - began;
      if (!answer.ok) throw new Error(`${name} answers ${answer.status} for ${url}`);
      sizes[place] = byteLength;
      if (round === 0) continue; // compiles
      times[place]?.push(time);
      if (name === "stylegate") alone.push(onPixels(answer.headers.get("Server-Timing") ?? ""));
    }
  }
  const [ours = [], native = [], ipx = []] = times;
  const ratio = (mine: number[], peer: number[]) =>
    median(mine.map((time, round) => time / (peer[round] ?? Number.NaN))).toFixed(2);
  const title = `${what} to ${job.width} px, ${job.format}`;
  const milliseconds = times.map((all) => `${median(all).toFixed(0)} ms`);
  const ratios = [
    `${ratio(ours, native)} (${ratio(alone, native)})`,
    `${ratio(ours, ipx)} (${ratio(alone, ipx)})`,
  ];
  printRow(title, [...milliseconds, ...ratios]);
  printRow(
    "",
    sizes.map((size) => `${(size / 1000).toFixed(0)} kB`),
  );
  return index;
}

function printRow(title: string, cells: string[]): void {
  const widths = [12, 10, 10, 17, 15];
  console.log(title.padEnd(32) + cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(""));
}

/** Milliseconds. */
function onPixels(timing: string): number {
  const steps = [...timing.matchAll(/\b(?:decode|compose|encode);dur=([\d.]+)/g)];
  return steps.reduce((sum, [, duration]) => sum + Number(duration), 0);
}

async function listen(listener: RequestListener): Promise<{ url: string; stop: () => void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}
