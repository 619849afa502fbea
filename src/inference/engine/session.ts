import type { InferenceSession } from "onnxruntime-node";

/** What `npm run bench:inference -- options` found to be fastest; docs/performance.md has its table. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    enableCpuMemArena: true,
    // A pattern is kept for every shape seen, and pictures come in any: over 120 random sizes resident memory grew to
    // 302 MB with it and stayed below 265 MB without, at the same speed (2 cores, half-width network).
    enableMemPattern: false,
    // Idle threads that spin take CPU time from whoever else would run, and gain nothing.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    logSeverityLevel: 4,
  };
}
