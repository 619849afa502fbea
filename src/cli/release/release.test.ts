import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../root.mjs";
import { capture } from "../setup/command.mjs";
import { notesOf, readChangelog } from "./changelog.ts";
import { release } from "./release.ts";
import { FILES, requireNext, versionsIn } from "./versions.ts";

const passing = async () => {};
let root: string;
const git = async (...args: string[]) => (await capture("git", args, { cwd: root })).output.trim();
const read = (file: string) => readFile(join(root, file), "utf8");

/** A checkout of our own files, with a history of one commit. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stylegate-release-"));
  for (const file of [...FILES, "CHANGELOG.md"]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await cp(join(ROOT, file), join(root, file));
  }
  await git("init", "--quiet");
  await git("config", "user.name", "Somebody");
  await git("config", "user.email", "somebody@example.com");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "All of it");
});
afterEach(() => rm(root, { recursive: true }));

describe("a release", () => {
  it("is a commit and a tag, with the version wherever it stands and the changelog's unreleased part", async () => {
    const before = readChangelog(await read("CHANGELOG.md"));
    expect(await release(root, "7.8.9", "2027-01-31", passing)).toBe("v7.8.9");
    for (const file of FILES) {
      const versions = versionsIn(file, await read(file));
      expect([file, ...new Set(versions)]).toEqual([file, "7.8.9"]);
    }
    const changelog = await read("CHANGELOG.md");
    expect(readChangelog(changelog).slice(0, 2)).toEqual([
      { version: "Unreleased", date: undefined, body: "" },
      { version: "7.8.9", date: "2027-01-31", body: before[0]?.body },
    ]);
    expect(notesOf(changelog, "7.8.9")).toBe(before[0]?.body);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("describe")).toBe("v7.8.9");
    expect(await git("log", "-1", "--format=%s")).toBe("Release 7.8.9");
    for (const file of FILES.filter((file) => file.endsWith(".json"))) JSON.parse(await read(file));
  });

  it("changes no other version than the project's: packages keep theirs", async () => {
    const packages = JSON.parse(await read("package-lock.json")).packages;
    await release(root, "7.8.9", "2027-01-31", passing);
    const after = JSON.parse(await read("package-lock.json")).packages;
    expect(after).toEqual({ ...packages, "": { ...packages[""], version: "7.8.9" } });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["of a checkout with changes", () => writeFile(join(root, "new.txt"), ""), /not committed/],
    ["that is tagged already", () => git("tag", "v7.8.9"), /already/],
    [
      "of which the files disagree",
      () => capture("sed", ["-i", "s/^version: .*/version: 3.2.1/", FILES.at(-1) ?? ""], { cwd: root }),
      /disagree/,
    ],
    ["of a checkout that is on no branch", () => git("checkout", "--quiet", "--detach"), /No branch/],
    [
      "of nothing",
      async () => {
        await writeFile(join(root, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n");
        await git("commit", "--all", "--quiet", "--message", "Nothing");
      },
      /nothing under/,
    ],
  ])("%s is refused, and nothing is written", async (_, make, why) => {
    await make();
    const before = await git("status", "--porcelain");
    await expect(release(root, "7.8.9", "2027-01-31", passing)).rejects.toThrow(why);
    expect(await git("status", "--porcelain")).toBe(before);
    expect(await git("log", "--format=%s")).not.toContain("Release");
  });

  it("may be the first, of the version that the files have had so far; a second of it is none", async () => {
    await writeFile(
      join(root, "CHANGELOG.md"),
      "# Changelog\n\n## [Unreleased]\n\n### Added\n- All of it.\n",
    );
    await git("commit", "--all", "--quiet", "--message", "Nothing is released yet");
    const { version } = JSON.parse(await read("package.json"));
    expect(await release(root, version, "2027-01-31", passing)).toBe(`v${version}`);
    expect(notesOf(await read("CHANGELOG.md"), version)).toBe("### Added\n- All of it.");
    await expect(release(root, version, "2027-01-31", passing)).rejects.toThrow(/does not come after/);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a commit", () => git("commit", "--allow-empty", "--quiet", "--message", "Untested")],
    ["a file", () => writeFile(join(root, "new.txt"), "")],
  ])("is not made where %s came while the tests ran", async (_, make) => {
    const changing = async () => void (await make());
    await expect(release(root, "7.8.9", "2027-01-31", changing)).rejects.toThrow(/while the tests ran/);
    expect(await git("tag")).toBe("");
    expect(await git("log", "--format=%s")).not.toContain("Release");
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "a hook refuses the commit",
      () => writeFile(join(root, ".git/hooks/pre-commit"), "#!/bin/sh\nexit 1\n", { mode: 0o755 }),
      /^git commit failed/,
    ],
    [
      "nobody signs the tag",
      async () => {
        await git("config", "tag.gpgSign", "true");
        await git("config", "gpg.program", "false");
      },
      /^git tag failed/,
    ],
  ])("leaves nothing where %s, and may be tried again", async (_, make, why) => {
    await mkdir(join(root, ".git/hooks"), { recursive: true });
    await make();
    const before = await git("rev-parse", "HEAD");
    for (const _ of ["once", "again"])
      await expect(release(root, "7.8.9", "2027-01-31", passing)).rejects.toThrow(why);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("rev-parse", "HEAD")).toBe(before);
    expect(await git("tag")).toBe("");
  });

  it("whose tests fail is none", async () => {
    const failing = () => Promise.reject(new Error("a test fails"));
    await expect(release(root, "7.8.9", "2027-01-31", failing)).rejects.toThrow("a test fails");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("tag")).toBe("");
  });

  it.each([
    ["0.1.0", "0.1.0"],
    ["0.0.9", "0.1.0"],
    ["1.9.0", "1.10.0"],
    ["1.0", "0.1.0"],
    ["v1.0.0", "0.1.0"],
  ])("%s does not come after %s", (next, current) => expect(() => requireNext(next, current)).toThrow());
  it.each([
    ["0.1.1", "0.1.0"],
    ["1.10.0", "1.9.9"],
    ["2.0.0", "1.10.9"],
  ])("%s comes after %s", (next, current) => requireNext(next, current));

  it("that was not released may be released itself, but none before it", () => {
    requireNext("0.1.0", "0.1.0", false);
    expect(() => requireNext("0.0.9", "0.1.0", false)).toThrow(/does not come after/);
  });
});

describe("a release's page", () => {
  it("links to the version's files, and leaves other links as they are", () => {
    const text =
      "## [Unreleased]\n## [1.0.0] - 2026-01-01\n- [a](docs/a.md#b), [c](https://example.com), [d](#e)";
    expect(notesOf(text, "1.0.0", "https://github.com/you/stylegate/blob/v1.0.0/")).toBe(
      "- [a](https://github.com/you/stylegate/blob/v1.0.0/docs/a.md#b), [c](https://example.com), [d](#e)",
    );
    expect(notesOf(text, "1.0.0")).toContain("[a](docs/a.md#b)");
  });
});

describe("CHANGELOG.md", () => {
  it("keeps a changelog, as it says", async () => {
    const sections = readChangelog(await readFile(join(ROOT, "CHANGELOG.md"), "utf8"));
    const dates = sections.slice(1).map(({ date }) => date);
    expect(dates).toEqual([...dates].sort().reverse());
  });

  it.each([
    ["## Unreleased\n", /line 1/],
    ["## [1.0.0] - 2026-01-01\n", /Unreleased/],
    ["## [Unreleased]\n## [1.0.0]\n", /has a date/],
    ["## [Unreleased]\n### News\n", /News/],
    ["## [Unreleased]\n## [1.0.0] - 2026-01-01\n## [1.0.0] - 2026-01-01\n", /twice/],
  ])("as %j would be refused", (text, why) => expect(() => readChangelog(text)).toThrow(why));
});
