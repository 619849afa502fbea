import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        // In workerd, with the bindings of wrangler.toml on miniflare. R2 and Durable Objects keep their state from one test
        // of a file to the next: reset() of cloudflare:test.
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" }, remoteBindings: false })],
        test: { name: "workerd", include: ["src/contract/**/*.test.ts", "src/edge/**/*.test.ts"] },
      },
      {
        test: {
          name: "node",
          environment: "node",
          include: ["src/inference/**/*.test.ts", "src/cli/**/*.test.ts", "tests/**/*.test.ts"],
        },
      },
    ],
  },
});
