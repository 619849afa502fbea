import { describe, expect, it } from "vitest";
import { chainOfOne } from "../../../tests/support/chain.ts";
import { encodeInferResponse, type OutputTensor } from "../../contract/oip.ts";
import { segment } from "./segment.ts";

const SIZE = { width: 40, height: 33 };
const photo = new Uint8Array(SIZE.width * SIZE.height * 3);
const matte = Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => i % 256);

const endpoint = (answer: () => Response, asked: (url: string) => void = () => {}) =>
  chainOfOne({
    url: "http://inference.invalid",
    fetch: async (input) => {
      asked(String(input));
      return answer();
    },
  });

function output(changed: Partial<OutputTensor> = {}) {
  const whole: OutputTensor = {
    name: "matte",
    datatype: "UINT8",
    shape: [1, 33, 40],
    bytes: matte,
    binary: true,
  };
  return () => {
    const outputs = [{ ...whole, ...changed }];
    const { body, headers } = encodeInferResponse({ model_name: "person_segmenter", outputs });
    return new Response(body, { headers });
  };
}

describe("segment", () => {
  it("asks the one model that there is, and answers its matte", async () => {
    const asked: string[] = [];
    const found = await segment(
      photo,
      SIZE,
      endpoint(output(), (url) => asked.push(url)),
    );
    expect(found).toEqual(matte);
    expect(asked).toEqual(["http://inference.invalid/v2/models/person_segmenter/infer"]);
  });

  it("takes an answer in JSON", async () => {
    const data = [...matte].map(() => 255);
    const json = {
      model_name: "person_segmenter",
      outputs: [{ name: "matte", datatype: "UINT8", shape: [1, 33, 40], data }],
    };
    const found = await segment(
      photo,
      SIZE,
      endpoint(() => Response.json(json)),
    );
    expect(new Set(found)).toEqual(new Set([255]));
  });

  it.each([
    ["a matte of another size", output({ shape: [1, 40, 33] })],
    ["another output", output({ name: "stylized" })],
    ["a page", () => new Response("<html>")],
    ["more bytes than a matte takes", () => new Response(new Uint8Array(200_000))],
    ["the word that there is no such model", () => Response.json({ error: "unknown" }, { status: 404 })],
  ])("fails where the endpoint answers with %s", async (_, answer) => {
    await expect(segment(photo, SIZE, endpoint(answer))).rejects.toMatchObject({ code: "inference_failed" });
  });

  it("is to be tried again where the endpoint is full", async () => {
    const full = () => new Response(null, { status: 503, headers: { "Retry-After": "7" } });
    await expect(segment(photo, SIZE, endpoint(full))).rejects.toMatchObject({
      code: "inference_unavailable",
      retryAfter: 7,
    });
  });
});
