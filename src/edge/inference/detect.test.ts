import { describe, expect, it } from "vitest";
import { chainOfOne } from "../../../tests/support/chain.ts";
import { encodeInferResponse, type OutputTensor } from "../../contract/oip.ts";
import { detect } from "./detect.ts";
import type { Inference } from "./endpoint.ts";

const SIZE = { width: 40, height: 33 };
const photo = new Uint8Array(SIZE.width * SIZE.height * 3);

function endpoint(answer: () => Response | Promise<Response>, asked?: (url: string) => void): Inference {
  return chainOfOne({
    url: "http://inference.invalid",
    fetch: async (input) => {
      asked?.(String(input));
      return answer();
    },
  });
}

const tensor = (name: string, shape: number[], values: number[]): OutputTensor => ({
  name,
  datatype: "FP32",
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
  binary: true,
});

const LANDMARKS = [10, 12, 20, 12.5, 15, 17, 11, 21, 19, 21];

function outputs(
  count: number,
  changed: Partial<Record<"boxes" | "scores" | "landmarks", OutputTensor>> = {},
) {
  const repeated = (values: number[]) => Array.from({ length: count }, () => values).flat();
  const all = {
    boxes: tensor("boxes", [count, 4], repeated([5, 4, 25, 30])),
    scores: tensor("scores", [count], repeated([0.75])),
    landmarks: tensor("landmarks", [count, 5, 2], repeated(LANDMARKS)),
    ...changed,
  };
  return () => {
    const { body, headers } = encodeInferResponse({
      model_name: "face_detector",
      outputs: Object.values(all),
    });
    return new Response(body, { headers });
  };
}

describe("detect", () => {
  it.each([0, 1, 64])("reads %i faces", async (count) => {
    const found = await detect(photo, SIZE, endpoint(outputs(count)));
    expect(found).toEqual(
      Array.from({ length: count }, () => ({ box: [5, 4, 25, 30], score: 0.75, landmarks: LANDMARKS })),
    );
  });

  it("asks the one model that there is, whatever the suffix of the styles'", async () => {
    const asked: string[] = [];
    await detect(
      photo,
      SIZE,
      endpoint(outputs(0), (url) => asked.push(url)),
    );
    expect(asked).toEqual(["http://inference.invalid/v2/models/face_detector/infer"]);
  });

  it("takes an answer in JSON", async () => {
    const listed = (name: string, shape: number[], data: unknown) => ({
      name,
      datatype: "FP32",
      shape,
      data,
    });
    const json = {
      model_name: "face_detector",
      outputs: [
        listed("boxes", [1, 4], [[5.5, 4, 25, 30]]),
        listed("scores", [1], [0.5]),
        listed("landmarks", [1, 5, 2], LANDMARKS),
      ],
    };
    const found = await detect(
      photo,
      SIZE,
      endpoint(() => Response.json(json)),
    );
    expect(found).toEqual([{ box: [5.5, 4, 25, 30], score: 0.5, landmarks: LANDMARKS }]);
  });

  it.each([
    ["more faces than it may", outputs(65)],
    ["fewer boxes than scores", outputs(2, { boxes: tensor("boxes", [1, 4], [1, 2, 3, 4]) })],
    ["landmarks of another shape", outputs(1, { landmarks: tensor("landmarks", [1, 10], LANDMARKS) })],
    ["a score that is no number", outputs(1, { scores: tensor("scores", [1], [Number.NaN]) })],
    ["a score above 1", outputs(1, { scores: tensor("scores", [1], [1.5]) })],
    ["a box that never ends", outputs(1, { boxes: tensor("boxes", [1, 4], [0, 0, Infinity, 3]) })],
    ["another type", outputs(1, { scores: { ...tensor("scores", [1], [1]), datatype: "INT32" } })],
    ["a page", () => new Response("<html>")],
    ["more bytes than any faces take", () => new Response(new Uint8Array(200_000))],
    [
      "the word that there is no such model",
      () => Response.json({ error: "unknown model" }, { status: 404 }),
    ],
  ])("fails where the endpoint answers with %s", async (_, answer) => {
    await expect(detect(photo, SIZE, endpoint(answer))).rejects.toMatchObject({ code: "inference_failed" });
  });

  it("is to be tried again where the endpoint is full", async () => {
    const full = () => new Response(null, { status: 503, headers: { "Retry-After": "7" } });
    await expect(detect(photo, SIZE, endpoint(full))).rejects.toMatchObject({
      code: "inference_unavailable",
      retryAfter: 7,
    });
  });
});
