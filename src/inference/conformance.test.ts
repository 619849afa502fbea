/**
 * Black box, against the specifications: "OIP" is kserve/open-inference-protocol, specification/protocol/
 * inference_rest.md; "binary" is triton-inference-server/server, docs/protocol/extension_binary_data.md.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Parameters } from "../contract/oip/protocol.ts";
import {
  type Datatype,
  decodeInferResponse,
  encodeInferRequest,
  HEADER_LENGTH,
  type InferResponse,
  type RequestedOutput,
} from "../contract/oip.ts";
import { count, post, type Served, serve } from "./fixtures/serve.ts";

let server: Served;
beforeAll(async () => {
  server = await serve();
}, 30_000);
afterAll(() => server.close());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
const SIDE = 32;
/** Any picture; its inverse tells whether it went through the network. */
const picture = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7) % 256);
const inverse = picture.map((value) => 255 - value);
const json = { name: "image", datatype: "UINT8", shape: [1, SIDE, SIDE, 3], data: [...picture] };

type Asked = { model?: string; id?: string; parameters?: Parameters; outputs?: RequestedOutput[] };
async function askBinary(asked: Asked = {}): Promise<{ answer: Response; response: InferResponse }> {
  const input = { name: "image", datatype: "UINT8" as Datatype, shape: json.shape, bytes: picture };
  const { body, headers } = encodeInferRequest({ ...asked, inputs: [input] });
  const answer = await get(`/v2/models/${asked.model ?? "invert"}/infer`, { method: "POST", headers, body });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(answer.status).toBe(200);
  return { answer, response: decodeInferResponse(bytes, answer.headers.get(HEADER_LENGTH)) };
}

type JsonOutput = { name: string; shape: number[]; data: number[] };
async function outputsOf(answer: Response): Promise<JsonOutput[]> {
  return ((await answer.json()) as { outputs: JsonOutput[] }).outputs;
}

describe("health and metadata", () => {
  // OIP, Server Live and Server Ready: 200 and {"live": bool}.
  it.each(["live", "ready"])("says that it is %s", async (what) => {
    const answer = await get(`/v2/health/${what}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ live: true });
  });

  // OIP, Server Metadata; binary: "reports binary_tensor_data in the extensions field".
  it("describes itself", async () => {
    const answer = await get("/v2");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({
      name: "stylegate",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      extensions: ["binary_tensor_data"],
    });
  });

  // OIP, Model Metadata: "Variable-size dimensions are specified as -1".
  it.each(["/v2/models/invert", "/v2/models/invert/versions/10"])(
    "describes the model at %s",
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

  // OIP, Model Ready: {"name", "ready"}.
  it.each(["/v2/models/pair/ready", "/v2/models/pair/versions/1/ready"])("answers %s", async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ name: "pair", ready: true });
  });

  it("answers HEAD as GET, without the body", async () => {
    const answer = await get("/v2/health/ready", { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

describe("inference", () => {
  // OIP, Inference Response: model_name, model_version, outputs with name, shape, datatype, data.
  it("takes and gives JSON tensors", async () => {
    const answer = await post(server.url, "invert", { inputs: [json] });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get(HEADER_LENGTH)).toBeNull();
    expect(await answer.json()).toEqual({
      model_name: "invert",
      model_version: "10",
      outputs: [{ name: "stylized", datatype: "UINT8", shape: json.shape, data: [...inverse] }],
    });
  });

  // binary: parameters binary_data_output, binary_data_size; Inference-Header-Content-Length in both directions.
  it("takes and gives binary tensors, with the same result as in JSON", async () => {
    const { answer, response } = await askBinary({ parameters: { binary_data_output: true } });
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.outputs).toEqual([
      { name: "stylized", datatype: "UINT8", shape: json.shape, bytes: inverse },
    ]);
  });

  // binary: "false (or not given) if the outputs should be returned as JSON".
  it("gives JSON to a binary request that asks for nothing else", async () => {
    const { answer, response } = await askBinary();
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(response.outputs[0]?.bytes).toEqual(inverse);
  });

  it("gives binary to a JSON request that asks for it", async () => {
    const outputs = [{ name: "stylized", parameters: { binary_data: true } }];
    const answer = await post(server.url, "invert", { inputs: [json], outputs });
    const body = new Uint8Array(await answer.arrayBuffer());
    expect(body.subarray(Number(answer.headers.get(HEADER_LENGTH)))).toEqual(inverse);
  });

  // binary: "If binary_data is specified on an output it overrides this setting."
  it("lets an output override what the request says of all", async () => {
    const outputs = [{ name: "stylized", binary: false }];
    const { answer } = await askBinary({ parameters: { binary_data_output: true }, outputs });
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  // OIP: "if specified this identifier must be returned in the response".
  it("returns the request's id", async () => {
    expect((await askBinary({ id: "a-7" })).response.id).toBe("a-7");
  });

  it("runs the version that the path names", async () => {
    const { response } = await askBinary({ model: "invert/versions/1" });
    expect(response.model_version).toBe("1");
    // Version 1 subtracts from 254, not from 255.
    expect([picture[0], response.outputs[0]?.bytes[0]]).toEqual([0, 254]);
  });

  it("runs a batch as the pictures it is made of", async () => {
    const shape = [2, SIDE, SIDE, 3];
    const answer = await post(server.url, "invert", {
      inputs: [{ ...json, shape, data: [...picture, ...inverse] }],
    });
    expect((await outputsOf(answer))[0]).toMatchObject({ shape, data: [...inverse, ...picture] });
  });

  // OIP: "if not specified all outputs produced by the model will be returned"; otherwise those, in this order.
  it("returns all outputs, or those asked for, in the request's order", async () => {
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

  it("takes wide elements from any byte of the body", async () => {
    for (const id of ["a", "ab", "abc", "abcd"]) {
      const bytes = new Uint8Array(Float32Array.of(4, 9).buffer);
      const input = { name: "x", datatype: "FP32" as const, shape: [2], bytes };
      const { body, headers } = encodeInferRequest({ id, inputs: [input], outputs: [{ name: "root" }] });
      const answer = await get("/v2/models/pair/infer", { method: "POST", headers, body });
      expect((await outputsOf(answer))[0]?.data).toEqual([2, 3]);
    }
  });

  it("runs integer networks", async () => {
    expect((await outputsOf(await count(server.url, 5)))[0]?.data).toEqual([5]);
  });
});
