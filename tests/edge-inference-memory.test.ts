/** The edge engine as it is deployed, with ONNX Runtime itself, where its memory does not grow any more. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodeInferRequest } from "../src/contract/oip.ts";
import { type EdgeInference, startEdgeInference } from "./support/edge-inference.ts";

let engine: EdgeInference;
beforeAll(async () => {
  engine = await startEdgeInference({ isShort: true });
  return () => engine.stop();
}, 120_000);
afterEach(() => memory("enough"));

const memory = (state: "short" | "none" | "enough") =>
  fetch(`${engine.url}/memory/${state}`, { method: "PUT" }).then((answer) => answer.text());

async function draw(side: number, model = "ttn_toon_edge") {
  const { body, headers } = encodeInferRequest({
    inputs: [
      {
        name: "image",
        datatype: "UINT8",
        shape: [1, side, side, 3],
        bytes: new Uint8Array(side * side * 3).fill(7),
      },
    ],
    parameters: { binary_data_output: true },
  });
  const answer = await fetch(`${engine.url}/v2/models/${model}/infer`, { method: "POST", headers, body });
  return { status: answer.status, body: await answer.bytes() };
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${engine.url}/metrics`)).text();
  return Number(new RegExp(`^stylegate_edge_inference_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

describe("the edge engine whose memory does not grow", { timeout: 60_000 }, () => {
  it("draws with another runtime what the one that it had no memory for", async () => {
    expect((await draw(64)).status).toBe(200);
    const before = await metric("restarts_total");
    await memory("short");
    const short = await draw(384);
    expect([short.status, await metric("restarts_total")]).toEqual([200, before + 1]);
    await memory("enough");
    expect(await draw(384)).toEqual(short);
  });

  it("fails where the other has none either, and draws again once there is enough", async () => {
    await memory("none");
    for (let time = 0; time < 3; time++) expect((await draw(384, "person_segmenter")).status).toBe(500);
    await memory("enough");
    expect([(await draw(384)).status, (await draw(64, "person_segmenter")).status]).toEqual([200, 200]);
  });

  it("leaves none of the memories that it has given up", async () => {
    for (let time = 0; time < 4; time++) {
      expect((await draw(384)).status).toBe(200);
      await memory("short");
      expect((await draw(384, "person_segmenter")).status).toBe(200);
    }
    const left = async () => {
      await engine.memory(); // collects garbage
      return Number(await (await fetch(`${engine.url}/memory`)).text());
    };
    await expect.poll(left).toBe(1);
  });
});
