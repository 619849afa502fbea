import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { capture } from "./command.mjs";

const COMMAND = new URL("command.mjs", import.meta.url).href;

const isThere = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "a captured program ends with us where %s is sent to us alone",
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), "stylegate-command-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = "echo $$ > pid.new; mv pid.new pid; exec sleep 60";
    const main = `import { capture } from "${COMMAND}"; await capture("/bin/sh", ["-c", "${program}"]);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", main], { cwd: folder });
    const exit = once(parent, "exit");
    const written = () => readFile(join(folder, "pid"), "utf8");
    await expect.poll(written).toMatch(/^\d+\n$/);
    const pid = Number(await written());
    parent.kill(signal);
    expect(await exit).toEqual([null, signal]);
    await expect.poll(() => isThere(pid)).toBe(false);
  },
);

it("a program that has ended leaves no listener behind", async () => {
  const before = process.listenerCount("SIGINT");
  expect((await capture("/bin/sh", ["-c", "exit 3"])).code).toBe(3);
  expect((await capture("/no/such/program", [])).code).toBe(127);
  expect(process.listenerCount("SIGINT")).toBe(before);
});
