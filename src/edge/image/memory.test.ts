import avifDecoder from "@jsquash/avif/codec/dec/avif_dec.js";
import avifWasm from "@jsquash/avif/codec/dec/avif_dec.wasm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { paint, picture } from "../../../tests/fixtures/pictures/picture.ts";
import { alphaBomb, huffmanBomb } from "../../../tests/hostile/files/webp.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { probe } from "../source/probe.ts";
import { Codec, startEmscripten } from "./codec.ts";
import { decode, encode, type Pixels } from "./index.ts";
import { bound, isExhausted, isFull } from "./memory.ts";
import { DecodeError } from "./pixels.ts";
import { resize } from "./resize.ts";

async function decoded(bytes: Uint8Array) {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide: 4096 });
}

const large = paint(1500, 1500, (x, y) => [x, y, x * y, 255]);
const failing = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("where a codec's memory cannot grow", () => {
  const runOut = () =>
    vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    });
  afterEach(() => void vi.restoreAllMocks());

  it.each(["jpeg", "webp", "avif"] as const)(
    "encoding %s says so, and works again afterwards",
    async (format) => {
      runOut();
      expect(isOutOfMemory(await failing(encode(large, format, 80)))).toBe(true);
      vi.restoreAllMocks();
      expect((await encode(large, format, 80)).length).toBeGreaterThan(1000);
    },
  );

  it("decoding does not call a sound picture broken", async () => {
    const plain = { width: 3000, height: 2000, data: new Uint8ClampedArray(3000 * 2000 * 4).fill(255) };
    const file = await encode(plain, "webp", 80);
    runOut();
    expect(isOutOfMemory(await failing(decoded(file)))).toBe(true);
    vi.restoreAllMocks();
    expect(await decoded(file)).toMatchObject({ width: 3000, height: 2000 });
  });
});

it("decoders keep nothing of what they gave, nor themselves by the class of it", async () => {
  const { ImageData } = globalThis as unknown as { ImageData: new (...args: unknown[]) => Pixels };
  await decoded(readPicture("lossy.webp"));
  expect((globalThis as { ImageData?: unknown }).ImageData).toBe(ImageData); // theirs would keep their memory
  const samples = new Uint8ClampedArray(4 * 6).fill(7);
  const given = new ImageData(samples, 2, 3);
  expect(given).toMatchObject({ width: 2, height: 3, data: new Uint8ClampedArray(24).fill(7) });
  expect(samples.length).toBe(0);
});

it("where V8 cannot start a codec, that is why", async () => {
  vi.stubGlobal("WebAssembly", {
    ...WebAssembly,
    Module: WebAssembly.Module,
    Instance: class {
      constructor() {
        throw new RangeError(
          "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
        );
      }
    },
  });
  expect(isOutOfMemory(await failing(resize(picture(), 30, 30)))).toBe(true);
  vi.unstubAllGlobals();
});

it("a bounded codec that wants more says that the picture lies, which is no lack of memory", async () => {
  const file = await encode(large, "avif", 80);
  const start = (maxBytes: number) =>
    new Codec<{ decode(bytes: Uint8Array, bitDepth: 8): Pixels | null }>(() =>
      startEmscripten(avifDecoder, avifWasm, maxBytes),
    );
  const read = (maxBytes: number) =>
    start(maxBytes).use((api) => {
      const decoded = api.decode(file, 8);
      if (!decoded) throw new Error("no picture");
      return decoded;
    });
  expect(await read(96 * 1024 * 1024)).toMatchObject({ width: 1500, height: 1500 });
  const error = await failing(read(24 * 1024 * 1024));
  expect(error).toBeInstanceOf(DecodeError);
  expect(isOutOfMemory(error)).toBe(false);
});

it("a bounded memory that is nearly at its bound is not exhausted", () => {
  const pages = 100;
  const memory = new WebAssembly.Memory({ initial: pages });
  bound(memory, (pages + 1) * 64 * 1024);
  expect(isExhausted(memory)).toBe(false);
  expect(isFull(memory)).toBe(false);
});

it.each(["lossless", "transparent"] as const)(
  "WebP whose tables of codes would take 860 MB: %s",
  async (kind) => {
    const error = await failing(decoded(kind === "lossless" ? huffmanBomb() : alphaBomb()));
    expect(error).toBeInstanceOf(DecodeError);
    expect(String(error)).toContain("more memory than its header promises");
    expect(await decoded(readPicture("lossless-alpha.webp"))).toMatchObject({ width: 64, height: 48 });
  },
);

it("broken data is no lack of memory, nor is a mistake of ours", async () => {
  const cut = readPicture("baseline-420.jpg").subarray(0, 700);
  expect(isOutOfMemory(await failing(decoded(cut)))).toBe(false);
  expect(isOutOfMemory(new RangeError("The pictures to blend differ in size."))).toBe(false);
  expect(isOutOfMemory(new RangeError("Maximum call stack size exceeded"))).toBe(false);
});
