import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { capture, lastLines } from "../setup/command.mjs";
import { readChangelog, released } from "./changelog.ts";
import { bumped, FILES, requireNext, versionsIn } from "./versions.ts";

/**
 * Makes a release of a checkout: the changelog's unreleased part becomes the version's, the version is set wherever it stands, and both are a commit
 * with a tag. Nothing is pushed; nothing is left where anything speaks against it. The first release may be of the version that the files have.
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
  const path = join(root, "CHANGELOG.md");
  const before = await readFile(path, "utf8");
  const isReleased = readChangelog(before).some((section) => section.version === current);
  requireNext(version, current, isReleased);
  const tag = `v${version}`;
  if (await git("tag", "--list", tag)) throw new Complaint(`There is a tag ${tag} already.`);
  if (await git("status", "--porcelain"))
    throw new Complaint("The checkout has changes that are not committed: a release is of what is.");
  if ((await git("rev-parse", "--abbrev-ref", "HEAD")) === "HEAD")
    throw new Complaint("No branch is checked out: a release is a commit on one, which is pushed.");
  const changelog = released(before, version, today);
  const tested = await git("rev-parse", "HEAD");
  await check();
  if ((await git("rev-parse", "HEAD")) !== tested || (await git("status", "--porcelain")))
    throw new Complaint(
      "The checkout has changed while the tests ran: what is released must be what was tested.",
    );
  const written = ["CHANGELOG.md", ...FILES];
  try {
    await writeFile(path, changelog);
    for (const [at, file] of FILES.entries())
      await writeFile(join(root, file), bumped(file, texts[at] ?? "", version));
    await git("add", ...written);
    await git("commit", "--quiet", "-m", `Release ${version}`);
  } catch (error) {
    // By a hook, or a key that does not sign: another try is to find what this one has.
    await git("restore", "--source", tested, "--staged", "--worktree", "--", ...written);
    throw error;
  }
  try {
    await git("tag", "--annotate", tag, "-m", `stylegate ${version}`);
  } catch (error) {
    await git("reset", "--quiet", "--keep", tested);
    throw error;
  }
  return tag;
}
