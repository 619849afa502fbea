/**
 * `npm run bench:memory`: the WebAssembly memory that making an answer takes, at sizes below and beyond what the service allows. The table
 * of docs/memory.md. Each cell is a process of its own, since such memory never shrinks.
 */
import { execFile } from "node:child_process";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SIDES = [768, 1024, 1448, 2048];

/** Side of the master that is enlarged, or of the photo that is reduced to a master. */
type Work = { side: number } & (
  | { kind: "encode"; format: string; quality: number; noise: boolean; isTransparent: boolean }
  | { kind: "resize"; from: number }
);

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

const given = process.argv[2];
if (given === undefined) await table();
else console.log(await megabytes(JSON.parse(given)));

async function table(): Promise<void> {
  console.log(`| MB | ${SIDES.map((side) => `${side}²`).join(" | ")} |`);
  console.log(`|---|${SIDES.map(() => "---:|").join("")}`);
  for (const [title, work] of ROWS) {
    const cells = [];
    for (const side of SIDES) cells.push(await inProcess(work(side)));
    console.log(`| ${title} | ${cells.join(" | ")} |`);
  }
}

async function inProcess(work: Work): Promise<string> {
  const args = ["--no-warnings", fileURLToPath(import.meta.url), JSON.stringify(work)];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

/** Does the work with the Worker's own code, and tells how far its codecs' memories have grown. */
async function megabytes(work: Work): Promise<number> {
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
  } else {
    const { resize } = await image("resize.ts");
    await resize(paint(work.from, false, true), work.side, work.side);
  }
  const bytes = memories.map(({ buffer }) => buffer.byteLength).reduce((sum, length) => sum + length, 0);
  return Math.round(bytes / 1024 / 1024);
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
