/** Black box: every failure is `{"error": string}` with a status that says whose it is (OIP, inference_rest.md). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { post, type Served, serve } from "./fixtures/serve.ts";

let server: Served;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
const SIDE = 32;
const json = {
  name: "image",
  datatype: "UINT8",
  shape: [1, SIDE, SIDE, 3],
  data: new Array(SIDE * SIDE * 3).fill(7),
};

describe("errors", () => {
  const small = { ...json, shape: [1, 8, 8, 3], data: new Array(192).fill(0) };
  it.each([
    ["no JSON", 400, "invert", "{", /not valid JSON/],
    ["an empty body", 400, "invert", "", /not valid JSON/],
    ["no inputs", 400, "invert", {}, /"inputs" must be a list/],
    ["a missing input", 400, "invert", { inputs: [] }, /input "image" is missing/],
    ["an unknown input", 400, "invert", { inputs: [json, { ...small, name: "x" }] }, /no input "x"/],
    ["an unknown output", 400, "invert", { inputs: [json], outputs: [{ name: "x" }] }, /no output "x"/],
    [
      "another datatype",
      400,
      "invert",
      { inputs: [{ ...json, datatype: "INT32" }] },
      /must be UINT8, not INT32/,
    ],
    ["another rank", 400, "invert", { inputs: [{ ...json, shape: [SIDE, SIDE, 3] }] }, /must have the shape/],
    ["other channels", 400, "invert", { inputs: [{ ...small, shape: [1, 8, 6, 4] }] }, /must have the shape/],
    [
      "an empty side",
      400,
      "invert",
      { inputs: [{ ...json, shape: [1, 0, 8, 3], data: [] }] },
      /must have the shape/,
    ],
    [
      "too large a batch",
      400,
      "invert",
      { inputs: [{ ...small, shape: [8, 8, 1, 3] }] },
      /batch of 8 .* model's 4/,
    ],
    [
      "what only the network itself refuses",
      400,
      "invert",
      { inputs: [small] },
      /does not take "image" \[1,8,8,3\]/,
    ],
    [
      "values JSON cannot carry",
      400,
      "pair",
      { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [-1] }] },
      /ask for binary/,
    ],
    [
      "a priority that is none",
      400,
      "invert",
      { inputs: [json], parameters: { priority: "high" } },
      /"priority"/,
    ],
    ["a timeout that is none", 400, "invert", { inputs: [json], parameters: { timeout: -1 } }, /"timeout"/],
    ["an unknown model", 404, "absent", { inputs: [json] }, /no model "absent"/],
    ["an unknown version", 404, "invert/versions/2", { inputs: [json] }, /no version "2"/],
    ["a path as a model", 404, "..%2f..%2fetc", { inputs: [json] }, /no model/],
    ["broken percent-encoding", 400, "%zz", { inputs: [json] }, /percent-encoding/],
    [
      "shared memory",
      501,
      "invert",
      { inputs: [{ ...json, parameters: { shared_memory_region: "r" } }] },
      /shared memory/,
    ],
    [
      "classification",
      501,
      "invert",
      { inputs: [json], outputs: [{ name: "stylized", parameters: { classification: 1 } }] },
      /classification/,
    ],
    ["strings", 501, "invert", { inputs: [{ ...json, datatype: "BYTES" }] }, /BYTES/],
  ])("answers %s with %i", async (_, status, model, request, message) => {
    const body = typeof request === "string" ? request : JSON.stringify(request);
    const answer = await post(server.url, model, null, { body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({ error: expect.stringMatching(message) });
  });

  it.each([
    ["GET", "/v2/models/invert/infer", "POST"],
    ["POST", "/v2", "GET, HEAD"],
    ["DELETE", "/v2/models/invert", "GET, HEAD"],
    ["PUT", "/metrics", "GET, HEAD"],
  ])("answers %s %s with 405", async (method, path, allowed) => {
    const answer = await get(path, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allowed]);
    expect(await answer.json()).toEqual({ error: expect.any(String) });
  });

  it.each(["/", "/v1", "/v2/models", "/v2/models/", "/v2/models/invert/versions", "/v2/models/invert/x"])(
    "answers %s with 404",
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ error: "there is no such route" });
    },
  );

  it("answers a compressed body with 501", async () => {
    const headers = { "content-encoding": "gzip" };
    expect((await post(server.url, "invert", { inputs: [json] }, { headers })).status).toBe(501);
  });
});
