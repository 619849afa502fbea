import type { Datatype } from "./tensor.ts";

/** Says how many bytes of the body are JSON; raw tensors follow them. */
export const HEADER_LENGTH = "Inference-Header-Content-Length";
export const BINARY_TYPE = "application/octet-stream";
export const JSON_TYPE = "application/json";

/** `timeout` (µs in the queue) and `priority` are Triton's; unknown ones are tolerated. */
export type Parameters = Record<string, unknown>;

/** Dimensions of any size are -1. */
export type TensorMetadata = { name: string; datatype: Datatype; shape: number[] };

export type ModelMetadata = {
  name: string;
  versions: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
};

/** Do not gate on `extensions`: KServe supports binary tensors and does not list them. */
export type ServerMetadata = { name: string; version: string; extensions: string[] };
