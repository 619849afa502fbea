import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { fakeEdgeEngine } from "./tests/support/fake-edge-engine.ts";
import { INFERENCE_HOST, internet } from "./tests/support/internet.ts";

/** `import photo from "./photo.jpg?bytes"` is a Uint8Array: workerd has no file system to read fixtures from. */
const bytes = {
  name: "bytes",
  enforce: "pre" as const,
  async load(id: string) {
    if (!id.endsWith("?bytes")) return;
    const base64 = await readFile(id.slice(0, -"?bytes".length), "base64");
    return `export default Uint8Array.from(atob("${base64}"), (character) => character.charCodeAt(0));`;
  },
};

/** `.wasm` is compiled code, as workerd has it. */
const wasm = {
  name: "wasm",
  enforce: "pre" as const,
  load(id: string) {
    if (!id.endsWith(".wasm")) return;
    return `import { readFileSync } from "node:fs";
      export default new WebAssembly.Module(readFileSync(${JSON.stringify(id)}));`;
  },
};

/**
 * Milliseconds. A test ends by what happens; these only end the ones for which it does not happen, so they are longer than anything takes on a
 * busy machine, where vitest's own 5 s, and 1 s of `expect.poll`, pass before a start or a drawing is done.
 */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        // In workerd, with the bindings of wrangler.toml on miniflare. R2 and Durable Objects keep their state from one test
        // of a file to the next: reset() of cloudflare:test. One workerd runs all files: to start one costs more than most files do.
        plugins: [
          bytes,
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: "./wrangler.toml" },
            remoteBindings: false,
            miniflare: {
              bindings: {
                AUTH: "open",
                ALLOWED_SOURCES: "*",
                ALLOWED_WEBHOOKS: "*",
                INFERENCE_URL: `http://${INFERENCE_HOST}`,
              },
              r2Buckets: { PHOTOS: "photos" }, // for SOURCE_BUCKETS
              serviceBindings: { EDGE_INFERENCE: { node: fakeEdgeEngine() } },
              outboundService: { node: internet(inject<string>("inference")) },
            },
          })),
        ],
        test: {
          ...PATIENCE,
          name: "workerd",
          include: ["src/contract/**/*.test.ts", "src/edge/**/*.test.ts"],
          globalSetup: "tests/support/setup.ts",
          setupFiles: "tests/support/workerd/anew.ts",
          isolate: false,
        },
      },
      {
        plugins: [bytes, wasm],
        test: {
          ...PATIENCE,
          name: "node",
          environment: "node",
          // They wait for the servers that they start more than they compute: two at a time even where there are but two cores.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
          server: { deps: { inline: [/\.wasm$/] } },
          include: [
            "src/inference/**/*.test.ts",
            "src/edge-inference/*.test.ts",
            "src/cli/**/*.test.ts",
            "src/client/*.test.ts",
            "tests/**/*.test.ts",
          ],
          exclude: ["tests/hostile/**"],
        },
      },
      { test: { ...PATIENCE, name: "deploy", environment: "node", include: ["deploy/**/*.test.ts"] } },
      {
        plugins: [bytes, wasm],
        test: {
          ...PATIENCE,
          name: "hostile",
          environment: "node",
          server: { deps: { inline: [/\.wasm$/] } },
          include: ["tests/hostile/**/*.test.ts"],
        },
      },
    ],
  },
});
