import type { TestProject } from "vitest/node";
import { startInference } from "./inference.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the embedded inference server. */
    inference: string;
  }
}

/** Once for all tests in workerd: the inference server. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const inference = await startInference();
  project.provide("inference", inference.url);
  return inference.stop;
}
