/**
 * `npm run bench:memory`: the memory that a photo takes at its worst moment, from its file to an answer; and the WebAssembly memory alone that
 * reading a source and making an answer take, at sizes below and beyond what the service allows. The tables of docs/memory.md. Each row of
 * the first and each cell of the others is a process of its own, since such memory never shrinks. `npm run bench:memory -- photos` prints the
 * first alone.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { choiceOf, command } from "../src/cli/command-line.mjs";
import { watchPeak } from "./memory/peak.ts";
import { SOURCES } from "./memory/sources.ts";

const SIDES = [768, 1024, 1448, 2048];

/** The largest working size, and an answer's side. */
const WORKING_SIZE = 1024;

/** Heads that go into one call of the network. */
const BATCH = 8;

/** Side of the master that is enlarged, or of the photo that is reduced to a master. */
type Work = { side: number } & (
  | { kind: "encode"; format: string; quality: number; noise: boolean; isTransparent: boolean }
  | { kind: "resize"; from: number }
  | { kind: "decode"; format: SourceFormat }
);

/** A whole photo's way, whose side is its own: to a master and answers of its size, or from a master to an answer as large as can be. */
type Journey = { kind: "photo" | "full"; file: string };

type SourceFormat =
  | "jpeg"
  | "progressive"
  | "webp"
  | "webp-alpha"
  | "webp-alpha-noise"
  | "webp-lossless"
  | "webp-lossless-noise";

const encode =
  (format: string, quality: number, noise: boolean, isTransparent = false) =>
  (side: number) =>
    ({ kind: "encode", side, format, quality, noise, isTransparent }) as const;

const ROWS: [title: string, work: (side: number) => Work][] = [
  ["JPEG, quality 85", encode("jpeg", 85, false)],
  ["JPEG, quality 100, noise", encode("jpeg", 100, true)],
  ["PNG, noise", encode("png", 100, true, true)],
  ["WebP", encode("webp", 85, false)],
  ["WebP, quality 100, noise", encode("webp", 100, true)],
  ["WebP with transparency", encode("webp", 85, false, true)],
  ["WebP with transparency, noise", encode("webp", 100, true, true)],
  ["AVIF", encode("avif", 85, false)],
  ["AVIF with transparency, noise", encode("avif", 100, true, true)],
  ["enlarging a 1024² master", (side) => ({ kind: "resize", side, from: 1024 })],
  [
    "reducing a photo of just below twice that side",
    (side) => ({ kind: "resize", side, from: 2 * side - 1 }),
  ],
];

/** 4, 8, 12, 16, 24 and 50 megapixels. */
const SOURCE_SIDES = [2000, 2828, 3464, 4000, 4899, 7071];

const decoding =
  (format: SourceFormat, most: number) =>
  (side: number): Work | undefined =>
    side <= most ? { kind: "decode", side, format } : undefined;

/** WebP beyond 12 megapixels takes an age to make, and is not taken anyway. Where a decoder's bound is met the cell names it. */
const SOURCE_ROWS: [title: string, work: (side: number) => Work | undefined][] = [
  ["JPEG, baseline", decoding("jpeg", 7071)],
  ["JPEG, progressive, 4:2:0", decoding("progressive", 7071)],
  ["WebP", decoding("webp", 3464)],
  ["WebP with transparency", decoding("webp-alpha", 3464)],
  ["WebP with transparency, noise", decoding("webp-alpha-noise", 3464)],
  ["WebP, lossless", decoding("webp-lossless", 3464)],
  ["WebP, lossless, noise", decoding("webp-lossless-noise", 3464)],
];

const USAGE = `The memory that a photo takes at its worst moment, and that codecs take.

  npm run bench:memory -- [photos]

  photos   the first table alone
`;

const given = process.argv[2];
if (given?.startsWith("{")) await work(JSON.parse(given));
else
  await command({ usage: USAGE, takes: [0, 1] }, async ({ positionals: [part] }) => {
    if (part !== undefined) choiceOf("What follows", part, ["photos"]);
    await photos("photo");
    console.log();
    await photos("full");
    if (part === undefined) await codecs();
  });

async function codecs(): Promise<void> {
  console.log();
  const megapixels = (side: number) => `${Math.round((side * side) / 1e6)} MP`;
  await table(SOURCE_SIDES, megapixels, SOURCE_ROWS);
  console.log();
  await table(SIDES, (side) => `${side}²`, ROWS);
}

/** In a process of its own: prints what it took. */
async function work(work: Work | Journey): Promise<void> {
  if (!("file" in work)) console.log(await megabytes(work));
  else console.log(await (work.kind === "photo" ? journey : fullJourney)(work.file));
}

async function photos(kind: Journey["kind"]): Promise<void> {
  const size = kind === "full" ? " size |" : "";
  console.log(
    `| MB |${size} WebAssembly | array buffers | together |\n|---|${size && "---|"}---:|---:|---:|`,
  );
  const folder = await mkdtemp(join(tmpdir(), "stylegate-memory-"));
  try {
    for (const [name, make] of Object.entries(SOURCES)) {
      const file = join(folder, "photo");
      await writeFile(file, await make());
      console.log(`| ${name} | ${await inProcess({ kind, file })} |`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** From a file to a master and an answer, with the Worker's own code; what it held when it held most. */
async function journey(path: string): Promise<string> {
  importWasmAsModules();
  const edge = (path: string) => import(new URL(`../src/edge/${path}`, import.meta.url).href);
  const { cutHead, decode, encode, fromRgb, hasAlpha, HEAD_SIDE, layHead, toRgb } =
    await edge("image/index.ts");
  const { resize } = await edge("image/resize.ts");
  const { probe } = await edge("source/probe.ts");
  const peak = watchPeak();
  let file: Uint8Array | undefined = new Uint8Array(await readFile(path));
  const probed = probe(file);
  if (!probed.ok) throw new Error(probed.detail);
  const photo = await decode(file, probed, { longSide: WORKING_SIZE });
  file = undefined;
  const { width, height } = photo;
  const rgb = { width, height, data: toRgb(photo) };
  const frame = sent(rgb.data); // where the network draws
  const canvas = { width, height, data: frame.slice() };
  const bytes = HEAD_SIDE * HEAD_SIDE * 3;
  const heads = new Uint8Array(BATCH * bytes);
  const alignment = { a: 3, b: 1, dx: -300, dy: -200 };
  for (let i = 0; i < BATCH; i++) cutHead(rgb, alignment, heads.subarray(i * bytes, (i + 1) * bytes));
  const drawn = sent(heads);
  for (let i = 0; i < BATCH; i++) layHead(canvas, drawn.subarray(i * bytes, (i + 1) * bytes), alignment, 1);
  const master = fromRgb(canvas.data, width, height, hasAlpha(photo) ? photo : undefined);
  await encode(master, "png", 100);
  for (const format of ["webp", "jpeg"])
    await encode(await resize(master, width - 1, height - 1), format, 85);
  const { wasm, buffers } = peak();
  const mega = (count: number) => Math.round(count / 1024 / 1024);
  return [wasm, buffers, wasm + buffers].map(mega).join(" | ");
}

/** From a file and its master to an answer of the photo's own size, or the largest that there is memory for. */
async function fullJourney(path: string): Promise<string> {
  importWasmAsModules();
  const edge = (path: string) => import(new URL(`../src/edge/${path}`, import.meta.url).href);
  const { decode, encode, enlarge, JpegStrips, longSideFor, maxPixels, roomFor, uprightSize, withPhoto } =
    await edge("image/index.ts");
  const { probe } = await edge("source/probe.ts");
  const { shrunkTo } = await edge("stylize/size.ts");
  const read = async () => new Uint8Array(await readFile(path));
  const probed = probe(await read());
  if (!probed.ok) throw new Error(probed.detail);
  const format = probed.hasAlpha ? "png" : "jpeg";
  const upright = uprightSize(probed, probed.orientation);
  const room = Math.min(roomFor(probed, (await read()).length), maxPixels(format, probed.hasAlpha));
  if (room <= WORKING_SIZE ** 2) return "as it is drawn | | |";
  const size = shrunkTo(upright, room);
  const enlargement = { whole: size, crop: { x: 0, y: 0, ...size }, size };
  const peak = watchPeak();
  const file = await read();
  const photo = await decode(file, probed, { longSide: WORKING_SIZE });
  const master = { ...photo, data: photo.data.slice() };
  await withPhoto(file, probed, longSideFor(enlargement), async (rows: unknown) => {
    if (format === "jpeg") {
      const strips = new JpegStrips(size, 85);
      await enlarge(master, rows, enlargement, 1, (row: Uint8ClampedArray) => strips.push(row));
      strips.finish();
      return;
    }
    const data = new Uint8ClampedArray(size.width * size.height * 4);
    let at = 0;
    await enlarge(master, rows, enlargement, 1, (row: Uint8ClampedArray) => {
      data.set(row, at);
      at += row.length;
    });
    await encode({ ...size, data }, format, 85);
  });
  const { wasm, buffers } = peak();
  const mega = (count: number) => Math.round(count / 1024 / 1024);
  return [`${size.width} × ${size.height}`, ...[wasm, buffers, wasm + buffers].map(mega)].join(" | ");
}

/** As an answer of as many bytes, after they were a request's body: it is read into a buffer of up to twice its length. */
function sent(bytes: Uint8Array): Uint8Array {
  const body = bytes.slice();
  const answer = new Uint8Array(2 * body.length);
  answer.set(body);
  return answer.subarray(0, body.length);
}

async function table(
  sides: number[],
  name: (side: number) => string,
  rows: [title: string, work: (side: number) => Work | undefined][],
): Promise<void> {
  console.log(`| MB | ${sides.map(name).join(" | ")} |`);
  console.log(`|---|${sides.map(() => "---:|").join("")}`);
  for (const [title, workOf] of rows) {
    const cells = [];
    for (const side of sides) {
      const work = workOf(side);
      cells.push(work ? await inProcess(work) : "");
    }
    console.log(`| ${title} | ${cells.join(" | ")} |`);
  }
}

async function inProcess(work: Work | Journey): Promise<string> {
  const args = ["--no-warnings", "--expose-gc", fileURLToPath(import.meta.url), JSON.stringify(work)];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

/** Does the work with the Worker's own code, and tells how far its codecs' memories have grown. */
async function megabytes(work: Work): Promise<number | string> {
  const memories: WebAssembly.Memory[] = [];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, args: [WebAssembly.Module]) {
      const instance = new Instance(...args);
      for (const value of Object.values(instance.exports))
        if (value instanceof WebAssembly.Memory) memories.push(value);
      return instance;
    },
  });
  importWasmAsModules();
  const image = (name: string) => import(new URL(`../src/edge/image/${name}`, import.meta.url).href);
  if (work.kind === "encode") {
    const { encode } = await image("encode.ts");
    await encode(paint(work.side, work.noise, work.isTransparent), work.format, work.quality);
  } else if (work.kind === "decode") {
    const file = await sourceFile(work.format, work.side);
    memories.length = 0; // the encoder's
    const { decodeJpeg } = await image("decode/jpeg.ts");
    const { decodeWebp, MAX_BYTES } = await image("decode/webp.ts");
    const decode = work.format.startsWith("webp") ? decodeWebp : decodeJpeg; // without the resizing that follows
    try {
      await decode(file, { width: work.side, height: work.side }, 768);
    } catch (error) {
      if ((error as Error).name === "DecodeError") return `> ${MAX_BYTES / 1024 / 1024}`;
      throw error;
    }
  } else {
    const { resize } = await image("resize.ts");
    await resize(paint(work.from, false, true), work.side, work.side);
  }
  const bytes = memories.map(({ buffer }) => buffer.byteLength).reduce((sum, length) => sum + length, 0);
  return Math.round(bytes / 1024 / 1024);
}

/** A square of smooth colours with some grain, or of noise; as JPEG of one colour, which takes as much, but for the file itself. */
async function sourceFile(format: SourceFormat, side: number): Promise<Uint8Array> {
  if (format === "jpeg" || format === "progressive") return plainJpeg(side, format === "progressive");
  const { startEmscripten } = await import(new URL("../src/edge/image/codec.ts", import.meta.url).href);
  const { default: factory } = await import("@jsquash/webp/codec/enc/webp_enc_simd.js");
  const { default: module } = await import(import.meta.resolve("@jsquash/webp/codec/enc/webp_enc_simd.wasm"));
  const { defaultOptions } = await import("@jsquash/webp/meta.js");
  const { api } = await startEmscripten(factory, module);
  const { data } = paint(side, format.endsWith("-noise"), format.startsWith("webp-alpha"));
  const lossless = format.startsWith("webp-lossless") ? 1 : 0;
  const options = { ...defaultOptions, quality: 20, method: 0, lossless };
  return api.encode(data, side, side, options);
}

/** A gray square, 4:2:0: coefficients are all 0, and a table says "0" in one bit. ITU-T T.81 annex B. */
function plainJpeg(side: number, isProgressive: boolean): Uint8Array {
  const u16 = (value: number) => [value >> 8, value & 255];
  const segment = (marker: number, body: number[]) => [0xff, marker, ...u16(body.length + 2), ...body];
  const oneCode = [1, ...Array(15).fill(0), 0]; // a code of one bit, which stands for 0
  const frame = [8, ...u16(side), ...u16(side), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array(64).fill(1)]),
    ...segment(isProgressive ? 0xc2 : 0xc0, frame),
    ...segment(0xc4, [0x00, ...oneCode, 0x10, ...oneCode]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, isProgressive ? 0 : 63, 0]),
  ];
  const bits = Math.ceil(side / 16) ** 2 * 6 * (isProgressive ? 1 : 2); // the first scan of a progressive file has DC alone
  const file = new Uint8Array(head.length + Math.ceil(bits / 8) + 2);
  file.set(head);
  file.set([0xff, 0xd9], file.length - 2);
  return file;
}

/** As workerd imports them. */
function importWasmAsModules(): void {
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(".wasm")) return next(url, context);
      const source = `import { readFileSync } from "node:fs";
        export default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(url)})));`;
      return { format: "module", shortCircuit: true, source };
    },
  });
}

/** A square of waves with some grain, or of noise alone, which no codec can do anything about; the same in every run. */
function paint(side: number, noise: boolean, isTransparent: boolean) {
  const data = new Uint8ClampedArray(side * side * 4);
  let state = 1;
  const random = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state >>> 24;
  };
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i += 4) {
      const grain = random() / 16;
      data[i] = noise ? random() : 128 + 100 * Math.sin(x / 60 + y / 90) + grain;
      data[i + 1] = noise ? random() : 128 + 100 * Math.sin(x / 35 - y / 50) + grain;
      data[i + 2] = noise ? random() : (x * 255) / side + grain;
      data[i + 3] = !isTransparent ? 255 : noise ? random() : (x * 255) / side;
    }
  }
  return { width: side, height: side, data };
}
