import { reset } from "cloudflare:test";
import { afterAll, vi } from "vitest";

// The files of a project run in one workerd, one after the other, which starts once for all of them. Each has modules of its own, and what
// these remember, and leaves time, globals and storage to the next as it found them.

vi.resetModules();

afterAll(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await reset();
});
