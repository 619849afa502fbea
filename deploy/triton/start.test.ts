import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { capture } from "../../src/cli/setup/command.mjs";

const START = fileURLToPath(new URL("start.sh", import.meta.url));

/** Has a `tritonserver` that tells what it was started with: the real one needs a GPU's image. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "triton-"));
  const told = join(folder, "tritonserver");
  await writeFile(told, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(told, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

const start = (env: Record<string, string>, ...args: string[]) =>
  capture("sh", [START, ...args], {
    env: { PATH: [folder, process.env.PATH].join(delimiter), ...env },
  });

const restricted = (output: string) => /^--http-restricted-api=(.*)$/m.exec(output)?.[1];

it("Triton wants the key for drawings, and for what it has", async () => {
  const { code, output } = await start({ ENDPOINT_KEY: "5f2b9cd0" }, "--log-verbose=1");
  expect(code).toBe(0);
  expect(restricted(output)).toMatch(/^inference,metadata,model-repository,.*:Endpoint-Key=5f2b9cd0$/);
  expect(output.trim().split("\n").at(-1)).toBe("--log-verbose=1");
});

it("without one it draws for anybody, and is administered by nobody", async () => {
  const [one, other] = [await start({}), await start({})].map(({ output }) => restricted(output));
  expect(one).toMatch(/^model-repository,.*:Endpoint-Key=[0-9a-f-]{36}$/);
  expect(other).not.toBe(one);
});

it.each(["", " ", "\t\n"])("and does not start with the key %j, which was to be one", async (key) => {
  const { code, output } = await start({ ENDPOINT_KEY: key });
  expect([code, output.trim()]).toEqual([2, "ENDPOINT_KEY is set, and empty: anybody might draw."]);
});
