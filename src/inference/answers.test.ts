/**
 * What only the networks of fixtures/ show: exact values, two versions, several outputs, other datatypes. Everything else that the protocol asks
 * for is in tests/conformance. "OIP" is kserve/open-inference-protocol, specification/protocol/inference_rest.md.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Datatype,
  decodeInferResponse,
  encodeInferRequest,
  HEADER_LENGTH,
  type InferResponse,
} from "../contract/oip.ts";
import { count, post, type Served, serve } from "./fixtures/serve.ts";

let server: Served;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
const SIDE = 32;
/** Any picture; its inverse tells whether it went through the network. */
const picture = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7) % 256);
const inverse = picture.map((value) => 255 - value);
const shape = [1, SIDE, SIDE, 3];

async function invert(model: string): Promise<InferResponse> {
  const input = { name: "image", datatype: "UINT8" as Datatype, shape, bytes: picture };
  const { body, headers } = encodeInferRequest({ parameters: { binary_data_output: true }, inputs: [input] });
  const answer = await get(`/v2/models/${model}/infer`, { method: "POST", headers, body });
  return decodeInferResponse(new Uint8Array(await answer.arrayBuffer()), answer.headers.get(HEADER_LENGTH));
}

type JsonOutput = { name: string; shape: number[]; data: number[] };
async function outputsOf(answer: Response): Promise<JsonOutput[]> {
  return ((await answer.json()) as { outputs: JsonOutput[] }).outputs;
}

it("says who it is, and what it claims", async () => {
  expect(await (await get("/v2")).json()).toEqual({
    name: "stylegate",
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    extensions: expect.arrayContaining(["binary_tensor_data"]),
  });
});

describe("versions", () => {
  it.each(["/v2/models/invert", "/v2/models/invert/versions/10"])(
    "are named in the description at %s, the newest first",
    async (path) => {
      expect(await (await get(path)).json()).toEqual({
        name: "invert",
        versions: ["10", "1"],
        platform: "onnxruntime_onnx",
        inputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
        outputs: [{ name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
      });
    },
  );

  it("run as the path names them, and the newest where it names none", async () => {
    expect(await invert("invert")).toMatchObject({ model_version: "10", outputs: [{ bytes: inverse }] });
    const { model_version, outputs } = await invert("invert/versions/1");
    expect(model_version).toBe("1");
    // Version 1 subtracts from 254, not from 255.
    expect([picture[0], outputs[0]?.bytes[0]]).toEqual([0, 254]);
  });
});

describe("outputs", () => {
  it("are exactly what the network computes, in JSON too", async () => {
    const input = { name: "image", datatype: "UINT8", shape, data: [...picture] };
    expect(await (await post(server.url, "invert", { inputs: [input] })).json()).toEqual({
      model_name: "invert",
      model_version: "10",
      outputs: [{ name: "stylized", datatype: "UINT8", shape, data: [...inverse] }],
    });
  });

  // OIP: "if not specified all outputs produced by the model will be returned"; otherwise those, in this order.
  it("are all there are, or those asked for, in the request's order", async () => {
    const inputs = [{ name: "x", datatype: "FP32", shape: [2], data: [4, 9] }];
    const names = async (outputs?: object[]): Promise<string[]> => {
      const answer = await post(server.url, "pair", { inputs, outputs });
      return (await outputsOf(answer)).map(({ name, data }) => `${name} ${data}`);
    };
    expect(await names()).toEqual(["twice 8,18", "root 2,3"]);
    expect(await names([])).toEqual(["twice 8,18", "root 2,3"]);
    expect(await names([{ name: "root" }])).toEqual(["root 2,3"]);
    expect(await names([{ name: "root" }, { name: "twice" }])).toEqual(["root 2,3", "twice 8,18"]);
  });
});

describe("other datatypes", () => {
  it("are taken from any byte of the body, where their elements are wider", async () => {
    for (const id of ["a", "ab", "abc", "abcd"]) {
      const bytes = new Uint8Array(Float32Array.of(4, 9).buffer);
      const input = { name: "x", datatype: "FP32" as const, shape: [2], bytes };
      const { body, headers } = encodeInferRequest({ id, inputs: [input], outputs: [{ name: "root" }] });
      const answer = await get("/v2/models/pair/infer", { method: "POST", headers, body });
      expect((await outputsOf(answer))[0]?.data).toEqual([2, 3]);
    }
  });

  it("may be integers", async () => {
    expect((await outputsOf(await count(server.url, 5)))[0]?.data).toEqual([5]);
  });
});
