import { describe, expect, it } from "vitest";
import { parseModelConfig } from "./model-config.ts";

const TENSORS = `
  input { name: "image" data_type: TYPE_UINT8 dims: [ -1, -1, 3 ] }
  output { name: "stylized" data_type: TYPE_UINT8 dims: [ -1, -1, 3 ] }
`;
const ONNX = `backend: "onnxruntime" ${TENSORS}`;

describe("a model configuration", () => {
  it("is read as Triton reads it", () => {
    expect(parseModelConfig(`name: "m" max_batch_size: 8 ${ONNX}`, "m")).toEqual({
      name: "m",
      maxBatchSize: 8,
      inputs: [{ name: "image", datatype: "UINT8", dims: [-1, -1, 3] }],
      outputs: [{ name: "stylized", datatype: "UINT8", dims: [-1, -1, 3] }],
      versions: { kind: "latest", count: 1 },
      warmUps: [],
      file: "model.onnx",
    });
  });

  it("takes its name from the folder, and may say platform instead of backend", () => {
    const config = parseModelConfig(`platform: "onnxruntime_onnx" ${TENSORS}`, "folder");
    expect(config).toMatchObject({ name: "folder", maxBatchSize: 0 });
  });

  it.each([
    ["latest { num_versions: 2 }", { kind: "latest", count: 2 }],
    ["latest {}", { kind: "latest", count: 1 }],
    ["all {}", { kind: "all" }],
    ["specific { versions: [ 1, 3 ] }", { kind: "specific", versions: [1, 3] }],
  ])("may serve the versions %s", (policy, expected) => {
    expect(parseModelConfig(`${ONNX} version_policy { ${policy} }`, "m").versions).toEqual(expected);
  });

  it.each([
    [8, [2, 64, 48, 3]],
    [0, [64, 48, 3]],
  ])("may name shapes to warm up with, where batches are of %i at most", (batch, shape) => {
    const warmUp = `model_warmup [ { name: "w" batch_size: 2
      inputs { key: "image" value: { data_type: TYPE_UINT8 dims: [ 64, 48, 3 ] zero_data: true } } } ]`;
    expect(parseModelConfig(`${ONNX} max_batch_size: ${batch} ${warmUp}`, "m").warmUps).toEqual([
      { name: "w", shapes: new Map([["image", shape]]) },
    ]);
  });

  it("leaves Triton's tuning aside", () => {
    const tuning = `
      dynamic_batching { max_queue_delay_microseconds: 2000 default_queue_policy { timeout_action: REJECT } }
      instance_group [ { kind: KIND_GPU count: 1 } ]
      optimization { execution_accelerators { gpu_execution_accelerator [ { name: "tensorrt" } ] } }
    `;
    expect(parseModelConfig(`${ONNX} ${tuning}`, "m")).toEqual(parseModelConfig(ONNX, "m"));
  });

  it.each([
    ['name: "other"', 'name is "other", but the folder is called "m"'],
    ["sequence_batching {}", 'field "sequence_batching" is not supported'],
    ["max_batch_size: -1", '"max_batch_size" must be a whole number from 0'],
    ["max_batch_size: 1 max_batch_size: 2", '"max_batch_size" must be a whole number from 0'],
    ['default_model_filename: "../../x"', "default_model_filename must be a plain file name"],
    ['input { name: "x" data_type: TYPE_UINT9 dims: 1 }', 'input.data_type of "x" is unknown or missing'],
    ['input { name: "x" data_type: TYPE_FP32 }', 'input.dims of "x" must be sizes above 0, or -1 for any'],
    [
      'input { name: "x" data_type: TYPE_FP32 dims: 0 }',
      'input.dims of "x" must be sizes above 0, or -1 for any',
    ],
    ["input { data_type: TYPE_FP32 dims: 1 }", "input.name is missing"],
    ['input { name: "x" data_type: TYPE_FP32 dims: 1 reshape {} }', 'field "input.reshape" is not supported'],
    ["input: 3", '"input" must be a message in braces'],
  ])("is refused for %s", (text, message) => {
    expect(() => parseModelConfig(`${text} ${ONNX}`, "m")).toThrowError(message);
  });

  it("is refused for another backend, and without inputs or outputs", () => {
    expect(() => parseModelConfig(`backend: "python" ${TENSORS}`, "m")).toThrowError(
      'only backend "onnxruntime"',
    );
    expect(() => parseModelConfig('backend: "onnxruntime"', "m")).toThrowError(
      "at least one input and one output",
    );
  });
});
