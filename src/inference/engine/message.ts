import type { Tensor, TensorMetadata } from "../../contract/oip.ts";
import type { WarmUp } from "../repository/model-config.ts";

/** What a worker thread is told at its start: the network, and the inputs and outputs that its configuration promises. */
export type Setup = {
  path: string;
  threads: number;
  /** Whether the first dimension of every input is the batch. */
  batched: boolean;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  warmUps: WarmUp[];
};

/** What the warm-ups took: a first idea of the runs to come. */
type Loaded = { kind: "loaded"; warm: { elements: number; seconds: number }[] };
type LoadFailed = { kind: "load-failed"; message: string };

export type Run = { kind: "run"; inputs: Tensor[]; outputs: string[] };
type Stop = { kind: "stop" };

/** `seconds` is the time inside the runtime. */
export type Ran = { kind: "ran"; outputs: Tensor[]; seconds: number };
/** `shape`: the network itself is well, it does not take inputs of this shape. */
export type RunFailed = { kind: "run-failed"; cause: "shape" | "runtime"; message: string };

export type ToWorker = Run | Stop;
export type FromWorker = Loaded | LoadFailed | Ran | RunFailed;
