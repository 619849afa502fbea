import type { TensorMetadata } from "../contract/oip.ts";

/** A model of the repository, its one version bundled. */
export type Network = {
  name: string;
  file: ArrayBuffer;
  /** Pictures in one request at most; 0: the model takes one, and its shapes say so. */
  maxBatchSize: number;
  input: TensorMetadata;
  output: TensorMetadata;
};

export const VERSION = "1";
