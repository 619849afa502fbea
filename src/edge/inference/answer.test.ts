import { describe, expect, it } from "vitest";
import type { Datatype, Tensor } from "../../contract/oip/tensor.ts";
import { outputOf } from "./answer.ts";

const tensor = (name: string, datatype: Datatype, shape: number[]): Tensor => ({
  ...{ name, datatype, shape },
  bytes: new Uint8Array(),
});

const answer = {
  model_name: "any",
  outputs: [tensor("stylized", "UINT8", [1, 2, 3, 3]), tensor("scores", "FP32", [5])],
};

describe("an output", () => {
  it("is the one of the name, type and shape that were asked for, of which a side may have a bound", () => {
    expect(outputOf(answer, "stylized", "UINT8", [1, 2, 3, 3])).toBe(answer.outputs[0]);
    expect(outputOf(answer, "scores", "FP32", [{ most: 5 }])).toBe(answer.outputs[1]);
  });

  it.each<[string, Datatype, Parameters<typeof outputOf>[3], string]>([
    ["stylized", "UINT8", [1, 3, 2, 3], "expected stylized of UINT8 [1,3,2,3], got UINT8 [1,2,3,3]"],
    ["stylized", "UINT8", [1, 2, 3], "expected stylized of UINT8 [1,2,3], got UINT8 [1,2,3,3]"],
    ["stylized", "FP32", [1, 2, 3, 3], "expected stylized of FP32 [1,2,3,3], got UINT8 [1,2,3,3]"],
    ["scores", "FP32", [{ most: 4 }], "expected scores of FP32 [≤4], got FP32 [5]"],
    ["scores", "FP32", [{ most: 9 }, 1], "expected scores of FP32 [≤9,1], got FP32 [5]"],
    ["matte", "UINT8", [1], "expected matte of UINT8 [1], got none"],
  ])("%s of %s %j is refused, and the log says what came instead", (name, datatype, shape, cause) => {
    expect(() => outputOf(answer, name, datatype, shape)).toThrow(
      expect.objectContaining({ code: "inference_failed", cause }),
    );
  });
});
