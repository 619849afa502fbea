import type { TestProject } from "vitest/node";
import { startInference } from "./inference.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the embedded inference server. */
    inference: string;
  }
}

/** Once for all tests in workerd: the inference server, and a `gc()` for those that look at what is still held. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.MINIFLARE_WORKERD_V8_FLAGS = "--expose-gc";
  const inference = await startInference();
  project.provide("inference", inference.url);
  return inference.stop;
}
