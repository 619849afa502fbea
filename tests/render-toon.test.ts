import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../training/render/toon.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "toon-"));
afterAll(() => rmSync(root, { recursive: true }));

/** The pictures that the command writes, by name. */
function rendered(folder: string, count: number, seed: number): Map<string, string> {
  const to = join(root, folder);
  execFileSync(process.execPath, [SCRIPT, "--to", to, "--count", `${count}`, "--seed", `${seed}`]);
  return new Map(readdirSync(to).map((name) => [name, readFileSync(join(to, name)).toString("base64")]));
}

it("one seed renders the same portraits again, a longer run begins with a shorter one's, another seed has others", () => {
  const six = rendered("six", 6, 1);
  expect([...six.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5].map((index) => `toon-00${index}.png`));
  expect(new Set(six.values()).size).toBe(6);
  for (const [name, picture] of rendered("four", 4, 1)) expect(picture).toBe(six.get(name));
  for (const picture of rendered("other", 4, 2).values()) expect([...six.values()]).not.toContain(picture);
});

it("refuses a count that is none", () => {
  expect(() =>
    execFileSync(process.execPath, [SCRIPT, "--to", root, "--count", "x"], { stdio: "pipe" }),
  ).toThrow(/--count takes a whole number/);
});
