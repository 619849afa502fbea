/** The edge engine as it is deployed, with ONNX Runtime itself, where that is torn, or its memory does not grow any more. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { encodeInferRequest } from "../src/contract/oip.ts";
import { MAX_HELD_BYTES, MAX_WASM_PAGES } from "../src/edge-inference/limits.ts";
import { type EdgeInference, startEdgeInference } from "./support/edge-inference.ts";

let engine: EdgeInference;
beforeAll(async () => {
  engine = await startEdgeInference({ mayFail: true });
  return () => engine.stop();
});
afterEach(() => memory("enough"));

/** @returns the bytes of each memory that was ever made */
const memory = async (state: "short" | "none" | "torn" | "enough"): Promise<number[]> =>
  (await fetch(`${engine.url}/memory/${state}`, { method: "PUT" })).json();

/** What an isolate may have. */
const LIMIT = 128_000_000;

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

describe("the edge engine whose memory does not grow", () => {
  it("draws with its runtime started anew what that had no memory for", async () => {
    expect((await draw(64)).status).toBe(200);
    const before = await metric("restarts_total");
    await memory("short");
    const short = await draw(384);
    expect([short.status, await metric("restarts_total")]).toEqual([200, before + 1]);
    await memory("enough");
    expect(await draw(384)).toEqual(short);
  });

  it("fails where that has none either, and draws again once there is enough", async () => {
    await memory("none");
    for (let time = 0; time < 3; time++) expect((await draw(384, "person_segmenter")).status).toBe(500);
    await memory("enough");
    expect([(await draw(384)).status, (await draw(64, "person_segmenter")).status]).toEqual([200, 200]);
  });
});

describe("the edge engine whose runtime is torn", () => {
  it("draws the same with it started anew, and asks nothing of what is torn", async () => {
    const drawn = await draw(384);
    const before = [await metric("restarts_total"), engine.log.length] as const;
    await memory("torn");
    expect(await draw(384)).toEqual(drawn);
    expect(await metric("restarts_total")).toBe(before[0] + 1);
    await expect.poll(() => engine.log.slice(before[1]).join("\n")).toContain("runtime_restarted");
    expect(engine.log.slice(before[1]).join("\n")).toContain("RuntimeError: torn in the middle");
  });

  it("makes do with one memory, which an isolate has room for at its largest beside all that may wait, garbage and all", async () => {
    for (let time = 0; time < 4; time++) {
      await memory("torn");
      expect((await draw(384, "person_segmenter")).status).toBe(200);
      const { wasm, buffers, heap } = await engine.memory("left");
      const made = await memory("enough");
      expect(made).toEqual([MAX_WASM_PAGES * 65_536]);
      expect(wasm).toBe(made[0]);
      expect(wasm + buffers + heap + MAX_HELD_BYTES).toBeLessThan(LIMIT);
    }
  });
});
