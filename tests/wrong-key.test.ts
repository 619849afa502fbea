import { afterAll, beforeAll, expect, it } from "vitest";
import { draw } from "../src/edge/inference/draw.ts";
import { whyUnready } from "../src/edge/inference/ready.ts";
import { type Served, serve } from "../src/inference/fixtures/serve.ts";
import { chainOfOne } from "./support/chain.ts";

let server: Served;
beforeAll(async () => {
  server = await serve({ models: ["count"], endpointKey: "5f2b9cd0" });
});
afterAll(() => server.close());

/** What `/readyz` says of the embedded server, asked with these credentials: anybody is told there that a model is ready. */
it.each<[string, Record<string, string>, string | undefined]>([
  ["the key", { Authorization: "Bearer 5f2b9cd0" }, undefined],
  ["another key", { Authorization: "Bearer 5f2b9cd1" }, "unauthorized"],
  ["none", {}, "unauthorized"],
])("an endpoint with a key, asked with %s", async (_, headers, why) => {
  const { endpoints } = chainOfOne({ url: server.url, headers, fetch });
  expect(await whyUnready("count", endpoints[0])).toBe(why);
});

it.each<[string, Record<string, string>]>([
  ["another key", { Authorization: "Bearer 5f2b9cd1" }],
  ["none", {}],
])("a picture is to be asked for again from an endpoint with a key, asked with %s", async (_, headers) => {
  const inference = chainOfOne({ url: server.url, headers, fetch });
  await expect(draw(new Uint8Array(12), { width: 2, height: 2 }, "toon", inference)).rejects.toMatchObject({
    ...{ code: "inference_unavailable", retryAfter: 5 },
    cause: expect.stringMatching(/^401: /),
  });
});
