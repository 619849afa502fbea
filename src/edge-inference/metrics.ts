import type { Sessions } from "./sessions.ts";

/** What one isolate tells of itself, in Prometheus' text format. Isolates come and go, and nobody can ask a certain one. */
export function metrics(sessions: Pick<Sessions, "bytes" | "names" | "restarts">, requests: number): string {
  const lines = [
    "# HELP stylegate_edge_inference_wasm_bytes What ONNX Runtime's memory has grown to.",
    "# TYPE stylegate_edge_inference_wasm_bytes gauge",
    `stylegate_edge_inference_wasm_bytes ${sessions.bytes}`,
    "# HELP stylegate_edge_inference_restarts_total Times that ONNX Runtime was torn, and started anew in its memory.",
    "# TYPE stylegate_edge_inference_restarts_total counter",
    `stylegate_edge_inference_restarts_total ${sessions.restarts}`,
    "# HELP stylegate_edge_inference_requests Requests under way.",
    "# TYPE stylegate_edge_inference_requests gauge",
    `stylegate_edge_inference_requests ${requests}`,
    "# HELP stylegate_edge_inference_model_loaded Networks that are loaded.",
    "# TYPE stylegate_edge_inference_model_loaded gauge",
    ...sessions.names.map((model) => `stylegate_edge_inference_model_loaded{model="${model}"} 1`),
  ];
  return `${lines.join("\n")}\n`;
}
