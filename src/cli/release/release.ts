import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { capture, lastLines } from "../setup/command.mjs";
import { released } from "./changelog.ts";
import { bumped, FILES, requireNext, versionsIn } from "./versions.ts";

/**
 * Makes a release of a checkout: the changelog's unreleased part becomes the version's, the version is set wherever it stands, and both are a commit
 * with a tag. Nothing is pushed; nothing is written where anything speaks against it.
 *
 * @param check the tests, which run first
 * @param today as 2026-01-31
 * @returns the tag
 */
export async function release(
  root: string,
  version: string,
  today: string,
  check: () => Promise<void>,
): Promise<string> {
  const git = async (...args: string[]) => {
    const { code, output } = await capture("git", args, { cwd: root });
    if (code !== 0) throw new Complaint(`git ${args[0]} failed:\n${lastLines(output)}`);
    return output.trim();
  };
  const texts = await Promise.all(FILES.map((file) => readFile(join(root, file), "utf8")));
  const versions = new Set(FILES.flatMap((file, at) => versionsIn(file, texts[at] ?? "")));
  const [current = ""] = versions;
  if (versions.size !== 1)
    throw new Complaint(`The files disagree on the version: ${[...versions].join(", ")}.`);
  requireNext(version, current);
  const tag = `v${version}`;
  if (await git("tag", "--list", tag)) throw new Complaint(`There is a tag ${tag} already.`);
  if (await git("status", "--porcelain"))
    throw new Complaint("The checkout has changes that are not committed: a release is of what is.");
  const path = join(root, "CHANGELOG.md");
  const changelog = released(await readFile(path, "utf8"), version, today);
  await check();
  await writeFile(path, changelog);
  for (const [at, file] of FILES.entries())
    await writeFile(join(root, file), bumped(file, texts[at] ?? "", version));
  await git("add", "CHANGELOG.md", ...FILES);
  await git("commit", "--quiet", "-m", `Release ${version}`);
  await git("tag", "--annotate", tag, "-m", `stylegate ${version}`);
  return tag;
}
