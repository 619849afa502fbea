/// <reference path="../src/edge-inference/modules.d.ts" />
/// <reference path="../src/edge-inference/ort/ort.d.ts" />
/** ONNX Runtime's WebAssembly as the edge engine runs it, here in Node: what becomes of what it was given where it refuses. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it, vi } from "vitest";
import { NetworkError } from "../src/edge-inference/sessions.ts";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

beforeAll(() => {
  execFileSync(process.execPath, [path("src/edge-inference/ort/unshare.mjs")]);
});

async function started() {
  const { OrtRuntime } = await import("../src/edge-inference/ort/runtime.ts");
  await import("../src/edge-inference/dist/ort.wasm");
  const runtime = new OrtRuntime();
  vi.stubGlobal("process", undefined); // as wrangler.toml has it
  try {
    await runtime.start();
  } finally {
    vi.unstubAllGlobals();
  }
  return runtime;
}

const file = (network: string) => new Uint8Array(readFileSync(path(`models/${network}/1/model.onnx`))).buffer;

it.each<[string, readonly number[]]>([
  ["bytes that are too few for the shape", [1, 384, 384, 4]],
  ["a shape that the network does not take", [1, 384, 288, 4]],
])("gives back what it was given where that is %s", async (_, shape) => {
  const runtime = await started();
  const { draw } = runtime.load(file("ttn_toon_edge"));
  const picture = new Uint8Array(384 * 384 * 3).fill(7);
  const drawn = draw(picture, [1, 384, 384, 3]);
  const { bytes } = runtime;
  for (let time = 0; time < 50; time++) expect(() => draw(picture, shape)).toThrow(NetworkError);
  expect(runtime.bytes).toBe(bytes);
  expect(draw(picture, [1, 384, 384, 3])).toEqual(drawn);
});

it("gives back a file that is no network", async () => {
  const runtime = await started();
  const rubbish = new ArrayBuffer(2 ** 22);
  expect(() => runtime.load(rubbish)).toThrow(NetworkError);
  const { bytes } = runtime;
  for (let time = 0; time < 20; time++) expect(() => runtime.load(rubbish)).toThrow(NetworkError);
  expect(runtime.bytes).toBe(bytes);
});
