/** The repository's own networks, through the server, as the Worker asks for them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeInferResponse, encodeInferRequest, HEADER_LENGTH, type Tensor } from "../contract/oip.ts";
import { type Served, serve } from "./fixtures/serve.ts";

const NETWORKS = ["ttn_handdrawn", "ttn_handdrawn_int8", "ttn_handdrawn_edge"];
let server: Served;
beforeAll(async () => {
  server = await serve({ modelsDir: new URL("../../models", import.meta.url).pathname, models: NETWORKS });
});
afterAll(() => server.close());

/** A picture with smooth shades and an edge, so that a network has something to change. */
function picture(height: number, width: number): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    return (i % 3) * 40 + (x < width / 2 ? 200 - x : x) / 2;
  });
}

async function stylize(model: string, shape: [number, number, number, number]): Promise<Tensor> {
  const [batch, height, width] = shape;
  const one = picture(height, width);
  const bytes = new Uint8Array(one.length * batch);
  for (let i = 0; i < batch; i++) bytes.set(one, i * one.length);
  const { body, headers } = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", shape, bytes }],
    parameters: { binary_data_output: true },
  });
  const answer = await fetch(`${server.url}/v2/models/${model}/infer`, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  const received = new Uint8Array(await answer.arrayBuffer());
  const { outputs } = decodeInferResponse(received, answer.headers.get(HEADER_LENGTH));
  return outputs[0] as Tensor;
}

it("are all loaded", async () => {
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
});

describe.each(NETWORKS)("%s", (model) => {
  it.each([
    [1, 32, 32, 3],
    [1, 75, 133, 3],
    [1, 96, 64, 3],
  ] as [number, number, number, number][])("stylizes [%i,%i,%i,%i] to the same size", async (...shape) => {
    const stylized = await stylize(model, shape);
    expect(stylized).toMatchObject({ name: "stylized", datatype: "UINT8", shape });
    expect(stylized.bytes).not.toEqual(picture(shape[1], shape[2]));
  });

  it("gives the same bytes for the same picture, whatever came in between", async () => {
    const first = await stylize(model, [1, 64, 80, 3]);
    await stylize(model, [1, 40, 48, 3]);
    expect(await stylize(model, [1, 64, 80, 3])).toEqual(first);
  });

  it("stylizes each picture of a batch", async () => {
    const { bytes, shape } = await stylize(model, [2, 64, 64, 3]);
    expect(shape).toEqual([2, 64, 64, 3]);
    expect(bytes.subarray(bytes.length / 2)).toEqual(bytes.subarray(0, bytes.length / 2));
  });
});
