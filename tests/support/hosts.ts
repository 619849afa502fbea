/** The embedded inference server's name on the internet of the tests (internet.ts). */
export const INFERENCE_HOST = "inference.example.net";
