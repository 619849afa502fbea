import { expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { MODELS } from "./fixtures/serve.ts";
import { createLog } from "./log.ts";
import { startServer } from "./server.ts";

it("what is stopped while it loads begins no other model, and is not ready then", async () => {
  const lines: { event: string }[] = [];
  const config = { ...readConfig({}), port: 0, modelsDir: MODELS, threads: 1 };
  const server = await startServer(
    config,
    createLog("debug", (line) => lines.push(JSON.parse(line))),
  );
  expect(await server.shutdown(60)).toBe(true); // which finds the first of three under way
  expect(lines.filter(({ event }) => event === "model_loaded")).toHaveLength(1);
  expect(server.ready()).toBe(false);
});
