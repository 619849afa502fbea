/**
 * `npm run bench:cost`: what one picture takes of the things that are paid by use, on this machine: the CPU of workerd for a miss and for
 * a view, what is stored, and the cores of the embedded server. `npm run cost` reckons with such figures (src/cli/cost/usage.ts). Linux only.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { command } from "../src/cli/command-line.mjs";
import { Complaint } from "../src/cli/complaint.mjs";
import { STYLES } from "../src/contract/style.ts";
import { startInference } from "../tests/support/inference.ts";
import { startWorkers, stylegate, type Workers } from "../tests/support/workers.ts";
import { another } from "./edge/pictures.ts";
import { upload } from "./edge/service.ts";

const MISSES = 10;
const VIEWS = 400;
/** As Chrome asks for `<img>`. */
const HEADERS = { Accept: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8" };
/** Linux counts a process's CPU in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const TICK = 10;

/** Milliseconds of CPU that a process and its threads have taken. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) * TICK;
}

/** This process's children, by what they run. */
async function children(program: RegExp): Promise<number[]> {
  const found = [];
  for (const name of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const [stat, command] = await Promise.all(
      ["stat", "cmdline"].map((file) => readFile(`/proc/${name}/${file}`, "utf8").catch(() => "")),
    );
    const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === process.pid && program.test(command ?? "")) found.push(Number(name));
  }
  return found;
}

async function mean(pids: number[], times: number, work: (index: number) => Promise<unknown>) {
  const spent = async () => Promise.all(pids.map(cpuOf));
  const before = await spent();
  for (let index = 0; index < times; index++) await work(index);
  const after = await spent();
  return after.map((cpu, at) => (cpu - (before[at] ?? 0)) / times);
}

const sizes = async (workers: Workers, prefix: string) => {
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "stylegate");
  const { objects } = await bucket.list({ prefix });
  return objects.reduce((sum, { size }) => sum + size, 0) / objects.length / 1000;
};

const USAGE = `What one picture takes of the things that are paid by use, on this machine, which must run Linux.

  npm run bench:cost
`;

await command({ usage: USAGE }, bench);

async function bench(): Promise<void> {
  if (process.platform !== "linux")
    throw new Complaint("Only Linux tells what CPU a process has taken, in /proc.");
  const inference = await startInference([...STYLES.map(({ id }) => `ttn_${id}_int8`), "face_detector"]);
  const workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, { INFERENCE_URL: inference.url, MODEL_SUFFIX: "_int8" }),
  ]);
  try {
    const sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
    const phone = await sharp(sample).resize(3024, 4032).jpeg({ quality: 90 }).toBuffer();
    const get = async (path: string) => {
      const answer = await fetch(workers.url + path, { headers: HEADERS });
      await answer.arrayBuffer();
      const state = /cache;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];
      if (!answer.ok || !state) throw new Error(`${path}: ${answer.status}`);
      return state;
    };
    const ids: string[] = [];
    for (let index = 0; index <= MISSES; index++) ids.push(await upload(workers, another(phone, index)));
    const path = (index: number) =>
      `/image/style=${STYLES[index % STYLES.length]?.id},width=480/upload:${ids[index]}`;
    await get(path(MISSES)); // compiles the codecs
    const [[workerd = 0], [server = 0]] = [await children(/workerd/), await children(/inference\/main/)];
    const expected = (index: number, state: string) => async () => {
      const found = await get(path(index));
      if (found !== state) throw new Error(`it is a ${found}, not a ${state}`);
    };
    const [missed = 0, drawn = 0] = await mean([workerd, server], MISSES, (i) => expected(i, "miss")());
    const [viewed = 0] = await mean([workerd], VIEWS, (i) => expected(i % MISSES, "hit")());
    console.log(
      `A 12 MP JPEG, drawn at 768 pixels, answered 480 wide as AVIF; means of ${MISSES} misses, ${VIEWS} views:`,
    );
    console.log(
      `  CPU of a miss            ${missed.toFixed(0).padStart(6)} ms of workerd, which is R2 and the objects here, too`,
    );
    console.log(`  CPU of a view            ${viewed.toFixed(1).padStart(6)} ms of the same`);
    console.log(
      `  CPU of the networks      ${drawn.toFixed(0).padStart(6)} ms of the embedded server, int8, faces looked for`,
    );
    console.log(`  a master                 ${(await sizes(workers, "masters/")).toFixed(0).padStart(6)} kB`);
    console.log(
      `  a variant                ${(await sizes(workers, "variants/")).toFixed(0).padStart(6)} kB`,
    );
  } finally {
    await workers.stop();
    await inference.stop();
  }
}
