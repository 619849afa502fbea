/** What one isolate tells of itself, in Prometheus' text format. Isolates come and go, and nobody can ask a certain one. */
export function metrics(told: { wasmBytes: number; loaded: readonly string[]; requests: number }): string {
  const lines = [
    "# HELP stylegate_edge_inference_wasm_bytes What ONNX Runtime's memory has grown to.",
    "# TYPE stylegate_edge_inference_wasm_bytes gauge",
    `stylegate_edge_inference_wasm_bytes ${told.wasmBytes}`,
    "# HELP stylegate_edge_inference_requests Requests under way.",
    "# TYPE stylegate_edge_inference_requests gauge",
    `stylegate_edge_inference_requests ${told.requests}`,
    "# HELP stylegate_edge_inference_model_loaded Networks that are loaded.",
    "# TYPE stylegate_edge_inference_model_loaded gauge",
    ...told.loaded.map((model) => `stylegate_edge_inference_model_loaded{model="${model}"} 1`),
  ];
  return `${lines.join("\n")}\n`;
}
