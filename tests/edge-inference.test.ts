/** The edge engine as it is deployed, in workerd, beside ONNX Runtime itself on the same files. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  decodeInferResponse,
  encodeInferRequest,
  HEADER_LENGTH,
  type InferRequest,
  type Tensor,
} from "../src/contract/oip.ts";
import { STYLES } from "../src/contract/style.ts";
import { MAX_BODY_BYTES, MAX_PIXELS, MAX_REQUESTS, MAX_WASM_PAGES } from "../src/edge-inference/limits.ts";
import { unshared } from "../src/edge-inference/ort/unshare.mjs";
import { type EdgeInference, startEdgeInference } from "./support/edge-inference.ts";

const SAMPLE = fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url));
const NETWORKS = STYLES.map(({ id }) => `ttn_${id}_edge`).filter((name) =>
  existsSync(new URL(`../models/${name}`, import.meta.url)),
);

let engine: EdgeInference;
beforeAll(async () => {
  engine = await startEdgeInference();
});
afterAll(() => engine.stop());

describe("the edge engine", () => {
  it("is smaller than what Cloudflare takes, 10 MiB", () => {
    expect(engine.gzip).toBeGreaterThan(1024);
    expect(engine.gzip).toBeLessThan(10 * 1024);
  });

  it.each(NETWORKS)("has the half-width network of each style that has one: %s", async (network) => {
    const answer = await fetch(`${engine.url}/v2/models/${network}`);
    expect(await answer.json()).toEqual({
      name: network,
      versions: ["1"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
      outputs: [{ name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
    });
    const ready = await fetch(`${engine.url}/v2/models/${network}/ready`, { method: "HEAD" });
    expect([ready.status, await ready.text()]).toEqual([200, ""]);
  });

  it.each(["/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/person_segmenter/versions/1/ready"])(
    "answers %s",
    async (path) => expect((await fetch(engine.url + path)).status).toBe(200),
  );

  const sizes = [
    [384, 384],
    [383, 251],
    [1024, 144],
    [32, 33],
  ] as const;
  it.each(
    NETWORKS.flatMap((network, i) =>
      sizes.slice(i === 0 ? 0 : 1, i === 0 ? 4 : 2).map((size) => [network, ...size] as const),
    ),
  )("draws with %s, %i × %i, what ONNX Runtime draws natively", async (network, width, height) => {
    const image = await photo(width, height);
    const drawn = await infer(network, { inputs: [image], parameters: { binary_data_output: true } });
    expect(drawn).toMatchObject({ name: "stylized", datatype: "UINT8", shape: image.shape });
    expect(difference(drawn.bytes, await native(network, image))).toBeLessThanOrEqual(1);
    expect(difference(drawn.bytes, image.bytes)).toBeGreaterThan(50);
  });

  it("finds the people that ONNX Runtime finds natively", async () => {
    const image = await photo(383, 251);
    const matte = await infer("person_segmenter", {
      inputs: [image],
      outputs: [{ name: "matte", binary: true }],
    });
    expect(matte.shape).toEqual([1, 251, 383]);
    expect(difference(matte.bytes, await native("person_segmenter", image))).toBeLessThanOrEqual(1);
  });

  it("draws each picture of a batch as if it were alone", async () => {
    const image = await photo(96, 64);
    const other = image.bytes.map((value) => 255 - value);
    const both = new Uint8Array([...image.bytes, ...other]);
    const [network = ""] = NETWORKS;
    const ask = (shape: number[], bytes: Uint8Array) =>
      infer(network, {
        inputs: [{ ...image, shape, bytes }],
        parameters: { binary_data_output: true },
      });
    const drawn = await ask([2, 64, 96, 3], both);
    expect(drawn.shape).toEqual([2, 64, 96, 3]);
    const alone = [await ask([1, 64, 96, 3], image.bytes), await ask([1, 64, 96, 3], other)];
    expect(drawn.bytes).toEqual(new Uint8Array(alone.flatMap(({ bytes }) => [...bytes])));
  });

  it("takes and gives JSON", async () => {
    const image = await photo(48, 40);
    const [network = ""] = NETWORKS;
    const inputs = [{ name: "image", datatype: "UINT8", shape: image.shape, data: [...image.bytes] }];
    const answer = await post(network, JSON.stringify({ id: "7", inputs }));
    expect(answer.headers.get("content-type")).toBe("application/json");
    const told = (await answer.json()) as { id: string; outputs: { data: number[] }[] };
    expect(told.id).toBe("7");
    expect(
      difference(Uint8Array.from(told.outputs[0]?.data ?? []), await native(network, image)),
    ).toBeLessThanOrEqual(1);
  });

  it("tells how long a request waited, and how long drawing took, in the answer and in its log", async () => {
    const [network = ""] = NETWORKS;
    const before = engine.log.length;
    const { body, headers } = encodeInferRequest({ inputs: [await photo(40, 32)] });
    const answer = await post(network, body, headers);
    expect(answer.headers.get("server-timing")).toMatch(/^queue;dur=[\d.]+, compute;dur=[\d.]+$/);
    await expect.poll(() => engine.log.length).toBeGreaterThan(before);
    const line = JSON.parse(engine.log.at(-1) ?? "");
    expect(line).toMatchObject({ event: "infer", model: network, status: 200, shape: [1, 32, 40, 3] });
    for (const name of ["queue_ms", "compute_ms", "duration_ms"]) expect(line[name]).toBeTypeOf("number");
  });
});

describe("the edge engine refuses", () => {
  const zeros = (shape: number[], changed: Partial<Tensor> = {}): Tensor => ({
    name: "image",
    datatype: "UINT8",
    shape,
    bytes: new Uint8Array(shape.reduce((product, side) => product * side, 1)),
    ...changed,
  });
  it.each<[string, number, RegExp, Partial<InferRequest>, string?]>([
    [
      "more pixels than fit into its memory",
      413,
      /147456 are allowed/,
      { inputs: [zeros([1, 385, 384, 3])] },
    ],
    ["a side that is too long", 400, /32 to 1024/, { inputs: [zeros([1, 32, 1025, 3])] }],
    ["a side that is too short", 400, /32 to 1024/, { inputs: [zeros([1, 31, 32, 3])] }],
    ["too many pictures", 400, /batch of 9/, { inputs: [zeros([9, 32, 32, 3])] }],
    ["another type", 400, /must be UINT8/, { inputs: [zeros([1, 32, 32, 3], { datatype: "INT8" })] }],
    ["another shape", 400, /must have the shape/, { inputs: [zeros([1, 32, 32, 4])] }],
    ["another input", 400, /no input "photo"/, { inputs: [zeros([1, 32, 32, 3], { name: "photo" })] }],
    ["another output", 400, /no output "matte"/, { outputs: [{ name: "matte" }] }],
    ["a timeout that is none", 400, /"timeout"/, { parameters: { timeout: -1 } }],
    ["a priority that is none", 400, /"priority"/, { parameters: { priority: "x" } }],
    [
      "JSON of more than a picture",
      413,
      /ask for binary data/,
      { inputs: [zeros([2, 384, 384, 3])], parameters: {} },
    ],
    ["a model that it has not", 404, /no model "ttn_toon"/, {}, "ttn_toon"],
    ["a version that it has not", 404, /no version "2"/, {}, "ttn_toon_edge/versions/2"],
  ])("%s", async (_, status, reason, changed, model = "ttn_toon_edge") => {
    const { body, headers } = encodeInferRequest({ inputs: [zeros([1, 32, 32, 3])], ...changed });
    await expectError(await post(model, body, headers), status, reason);
  });

  it("a batch for the segmenter", async () => {
    const { body, headers } = encodeInferRequest({ inputs: [zeros([2, 32, 32, 3])] });
    await expectError(
      await post("person_segmenter", body, headers),
      400,
      /must have the shape \[1,-1,-1,3\]/,
    );
  });

  it("a body that is too long, announced or not", async () => {
    const bytes = new Uint8Array(MAX_BODY_BYTES + 1);
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    for (const body of [bytes, stream]) {
      await expectError(await post("ttn_toon_edge", body), 413, /3145728 bytes at most/);
    }
  });

  it("what is not the protocol", async () => {
    await expectError(await post("ttn_toon_edge", "no JSON"), 400, /not valid JSON/);
    await expectError(await post("ttn_toon_edge", "{}", { "Content-Encoding": "br" }), 501, /"br"/);
    await expectError(await fetch(`${engine.url}/v1/styles`), 404, /no such route/);
    const answer = await fetch(`${engine.url}/v2/models/ttn_toon_edge/infer`);
    expect(answer.headers.get("allow")).toBe("POST");
    await expectError(answer, 405, /use POST/);
  });
});

describe("the edge engine under load", () => {
  it("says that it is busy to whoever comes too many, and draws for the others and afterwards", async () => {
    const { body, headers } = encodeInferRequest({
      inputs: [await photo(256, 256)],
      parameters: { binary_data_output: true },
    });
    const answers = await Promise.all(Array.from({ length: 40 }, () => post("ttn_toon_edge", body, headers)));
    const drawn = await Promise.all(answers.filter(({ ok }) => ok).map((answer) => answer.arrayBuffer()));
    expect(drawn.length).toBeGreaterThanOrEqual(MAX_REQUESTS);
    expect(drawn.every((each) => Buffer.from(each).equals(Buffer.from(drawn[0] as ArrayBuffer)))).toBe(true);
    const refused = answers.filter(({ ok }) => !ok);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const answer of refused) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      await expectError(answer, 503, /busy/);
    }
    expect((await post("ttn_toon_edge", body, headers)).status).toBe(200);
  });

  it("says at once to whoever would not be drawn for in time when it will be", async () => {
    const image = await photo(384, 384);
    const ask = (parameters: Record<string, unknown>) => {
      const { body, headers } = encodeInferRequest({ inputs: [image], parameters });
      return post("ttn_toon_edge", body, headers);
    };
    expect((await ask({ binary_data_output: true })).status).toBe(200); // its pace is known
    const waiting = Array.from({ length: 8 }, () => ask({ binary_data_output: true }));
    await expect.poll(requests, { interval: 5 }).toBeGreaterThan(2);
    const hopeless = await ask({ timeout: 1 });
    expect(Number(hopeless.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    await expectError(hopeless, 503, /longer than its timeout/);
    expect(await requests()).toBeGreaterThan(0); // the others are still waiting
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  });

  it("has room for as many large pictures as may wait", async () => {
    const side = Math.sqrt(MAX_PIXELS);
    const { body, headers } = encodeInferRequest({
      inputs: [await photo(side, side)],
      parameters: { binary_data_output: true },
    });
    const answers = Array.from({ length: MAX_REQUESTS }, () => post("ttn_toon_edge", body, headers));
    await expect.poll(requests, { interval: 5 }).toBeGreaterThan(MAX_REQUESTS / 2);
    const { wasm, buffers, heap } = await engine.memory();
    expect(wasm + buffers + heap).toBeLessThan(96 * 2 ** 20);
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
  });

  it("does not draw for who has gone, and does for those behind him", async () => {
    const image = await photo(192, 192);
    const many = { ...image, shape: [8, 192, 192, 3], bytes: new Uint8Array(8 * image.bytes.length) };
    const ask = (input: Tensor, more: Record<string, string> = {}) => {
      const { body, headers } = encodeInferRequest({
        inputs: [input],
        parameters: { binary_data_output: true },
      });
      return post("ttn_toon_edge", body, { ...headers, ...more });
    };
    expect((await ask(image)).status).toBe(200); // it is loaded
    const before = engine.log.length;
    const first = ask(many);
    await expect.poll(requests, { interval: 5 }).toBe(1);
    const second = ask(image, { "Leave-When": "2" });
    expect((await second).status).toBe(499);
    const third = ask(image);
    expect([(await first).status, (await third).status]).toEqual([200, 200]);
    await expect.poll(() => engine.log.length).toBe(before + 3);
    const statuses = engine.log.slice(before).map((line) => JSON.parse(line).status);
    expect(statuses.sort()).toEqual([200, 200, 499]);
  });

  it("keeps its memory, whatever it has drawn, far below the 128 MB of an isolate", async () => {
    const image = await photo(384, 384);
    for (const network of [...NETWORKS, "person_segmenter", ...NETWORKS]) {
      await infer(network, { inputs: [image], parameters: { binary_data_output: true } });
    }
    const bytes = await metric("stylegate_edge_inference_wasm_bytes");
    expect(bytes).toBeGreaterThan(16 * 1024 * 1024);
    expect(bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(bytes).toBeLessThanOrEqual(MAX_WASM_PAGES * 65_536);
  });
});

it("ONNX Runtime's code asks for no shared memory any more, and is the same otherwise", () => {
  const path = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
  const code = readFileSync(path);
  const ours = unshared(code);
  expect(WebAssembly.validate(ours)).toBe(true);
  expect(ours.filter((byte, i) => byte !== code[i])).toHaveLength(1);
});

/** The sample portrait. */
async function photo(width: number, height: number): Promise<Tensor> {
  const bytes = await sharp(SAMPLE).resize(width, height, { fit: "fill" }).removeAlpha().raw().toBuffer();
  return { name: "image", datatype: "UINT8", shape: [1, height, width, 3], bytes: new Uint8Array(bytes) };
}

const post = (
  model: string,
  body: string | Uint8Array | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
) =>
  fetch(`${engine.url}/v2/models/${model}/infer`, {
    method: "POST",
    headers,
    body: body instanceof Uint8Array ? new Uint8Array(body) : body,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);

async function infer(model: string, request: InferRequest): Promise<Tensor> {
  const { body, headers } = encodeInferRequest(request);
  const answer = await post(model, body, headers);
  if (!answer.ok) throw new Error(await answer.text());
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const [output] = decodeInferResponse(bytes, answer.headers.get(HEADER_LENGTH)).outputs;
  if (!output) throw new Error("no output");
  return output;
}

async function native(model: string, { bytes, shape }: Tensor): Promise<Uint8Array> {
  const path = fileURLToPath(new URL(`../models/${model}/1/model.onnx`, import.meta.url));
  const session = await ort.InferenceSession.create(path);
  const results = await session.run({ image: new ort.Tensor("uint8", bytes, shape) });
  await session.release();
  return Object.values(results)[0]?.data as Uint8Array;
}

/** The largest of a value. */
function difference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0);
}

async function expectError(answer: Response, status: number, reason: RegExp): Promise<void> {
  expect(answer.status).toBe(status);
  const body = (await answer.json()) as { error: string };
  expect(Object.keys(body)).toEqual(["error"]);
  expect(body.error).toMatch(reason);
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${engine.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

const requests = () => metric("stylegate_edge_inference_requests");
