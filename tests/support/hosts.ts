/** The embedded inference server's name on the internet of the tests (internet.ts). */
export const INFERENCE_HOST = "inference.example.net";

/** The name of what receives traces there (collector.ts). */
export const OTLP_HOST = "otlp.example.net";
