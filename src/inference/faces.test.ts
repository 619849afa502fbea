/** The repository's face detector, through the server, as the Worker asks for it. */
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decodeInferResponse, encodeInferRequest, HEADER_LENGTH } from "../contract/oip.ts";
import { type Served, serve } from "./fixtures/serve.ts";

const MODEL = "face_detector";
const SAMPLE = new URL("../edge/page/sample.jpg", import.meta.url).pathname;
let server: Served;
beforeAll(async () => {
  server = await serve({ modelsDir: new URL("../../models", import.meta.url).pathname, models: [MODEL] });
});
afterAll(() => server.close());

type Output = { datatype: string; shape: number[]; values: number[] };
type Faces = Record<"boxes" | "scores" | "landmarks", Output>;

async function faces(bytes: Uint8Array, width: number, height: number): Promise<Faces> {
  const { body, headers } = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", shape: [1, height, width, 3], bytes }],
    parameters: { binary_data_output: true },
  });
  const answer = await fetch(`${server.url}/v2/models/${MODEL}/infer`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  const received = new Uint8Array(await answer.arrayBuffer());
  const { outputs } = decodeInferResponse(received, answer.headers.get(HEADER_LENGTH));
  const byName = Object.fromEntries(
    outputs.map(({ name, datatype, shape, bytes }) => [
      name,
      { datatype, shape, values: [...new Float32Array(bytes.slice().buffer)] },
    ]),
  );
  return byName as Faces;
}

it("tells what it takes and gives", async () => {
  const metadata = await (await fetch(`${server.url}/v2/models/${MODEL}`)).json();
  expect(metadata).toMatchObject({
    inputs: [{ name: "image", datatype: "UINT8", shape: [1, -1, -1, 3] }],
    outputs: [
      { name: "boxes", datatype: "FP32", shape: [-1, 4] },
      { name: "scores", datatype: "FP32", shape: [-1] },
      { name: "landmarks", datatype: "FP32", shape: [-1, 5, 2] },
    ],
  });
});

it("finds the one face of the sample picture, and its eyes, nose and mouth", async () => {
  const { data, info } = await sharp(SAMPLE).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { boxes, scores, landmarks } = await faces(data, info.width, info.height);
  expect(boxes).toMatchObject({ datatype: "FP32", shape: [1, 4] });
  expect(scores).toMatchObject({ datatype: "FP32", shape: [1] });
  expect(landmarks).toMatchObject({ datatype: "FP32", shape: [1, 5, 2] });
  expect(scores.values[0]).toBeGreaterThan(0.9);
  const [left, top, right, bottom] = boxes.values as [number, number, number, number];
  const points = Array.from({ length: 5 }, (_, i) => landmarks.values.slice(2 * i, 2 * i + 2));
  for (const [x = Number.NaN, y = Number.NaN] of points) {
    expect(x > left && x < right && y > top && y < bottom).toBe(true);
  }
  const expected = [
    [203, 100],
    [245, 102],
    [223, 128],
    [202, 141],
    [245, 142],
  ];
  for (const [i, [x = 0, y = 0]] of expected.entries()) {
    expect(Math.hypot(x - (points[i]?.[0] ?? 0), y - (points[i]?.[1] ?? 0))).toBeLessThan(4);
  }
});

it.each([
  [32, 32],
  [1024, 40],
  [301, 1024],
])("answers empty tensors for a picture of %i × %i without faces", async (width, height) => {
  const found = await faces(new Uint8Array(width * height * 3).fill(128), width, height);
  expect(found).toMatchObject({
    boxes: { shape: [0, 4], values: [] },
    scores: { shape: [0], values: [] },
    landmarks: { shape: [0, 5, 2], values: [] },
  });
});

it("says no faces in JSON, too", async () => {
  const input = { name: "image", datatype: "UINT8", shape: [1, 32, 32, 3], data: new Array(3072).fill(9) };
  const answer = await fetch(`${server.url}/v2/models/${MODEL}/infer`, {
    method: "POST",
    body: JSON.stringify({ inputs: [input] }),
  });
  expect(await answer.json()).toMatchObject({
    outputs: [
      { name: "boxes", shape: [0, 4], data: [] },
      { name: "scores", shape: [0], data: [] },
      { name: "landmarks", shape: [0, 5, 2], data: [] },
    ],
  });
});
