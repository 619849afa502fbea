import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../src/cli/root.mjs";
import { freePort } from "../../../src/cli/serve/ports.mjs";
import { capture, lastLines } from "../../../src/cli/setup/command.mjs";
import { ensureTriton } from "../../../src/cli/setup/triton.mjs";
import type { Group } from "../check.ts";

const MODELS = join(ROOT, "models");
const PARSER = join(ROOT, "tests/conformance/servers/triton/parse.py");
const MISSING = "unable to find backend library for backend 'onnxruntime'";

/** What breaks a configuration, and what Triton says of it; a misspelt field is what its schema finds as well. */
const BREAKS = [
  {
    what: "a field misspelt",
    from: "max_batch_size:",
    to: "max_batch_sise:",
    says: "failed to read text proto",
  },
  {
    what: "a datatype that is none",
    from: "TYPE_UINT8",
    to: "TYPE_UINT9",
    says: "failed to read text proto",
  },
  { what: "a side of 0", from: "[ -1, -1, 3 ]", to: "[ 0, -1, 3 ]", says: "dimension must be integer >= 1" },
  {
    what: "a queue of a priority too many",
    from: "key: 2",
    to: "key: 3",
    says: "must have priority level in range [1, 2]",
  },
  {
    what: "a default beyond the priorities",
    from: "level: 1",
    to: "level: 3",
    says: "must be in range [1, 2]",
  },
];

async function configurations(): Promise<string[]> {
  const names = (await readdir(MODELS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => name).sort();
}

async function parseErrors(files: string[]): Promise<Record<string, string | null>> {
  const { python } = await ensureTriton();
  const { code, output } = await capture(python, ["-B", PARSER, ...files]);
  assert.equal(code, 0, lastLines(output));
  return JSON.parse(output) as Record<string, string | null>;
}

/** What a tritonserver says of each model of a repository, when it starts without the backend that they name. */
async function complaints(repository: string): Promise<Map<string, string>> {
  const { program, backends, env } = await ensureTriton();
  const flags = ["--disable-auto-complete-config", "--allow-grpc=false", "--allow-metrics=false"];
  const places = [
    `--model-repository=${repository}`,
    `--backend-directory=${backends}`,
    `--http-port=${await freePort()}`,
  ];
  const { output } = await capture(program, [...places, ...flags], { env });
  const rows = output.matchAll(/^\| (?<name>\S+) +\| \d+ +\| (?<said>[^|]+?) +\|$/gm);
  const refused = output.matchAll(/Poll failed for model directory '(?<name>[^']+)': (?<said>.*)"$/gm);
  return new Map([...rows, ...refused].map(({ groups }) => [groups?.name ?? "", groups?.said ?? ""]));
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "stylegate-models-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A copy of one model for each break. */
async function placeBroken(folder: string): Promise<void> {
  const config = await readFile(join(MODELS, "ttn_handdrawn_fp16/config.pbtxt"), "utf8");
  for (const [i, { from, to }] of BREAKS.entries()) {
    await cp(join(MODELS, "ttn_handdrawn_fp16"), join(folder, `broken_${i}`), { recursive: true });
    const broken = config.replace("ttn_handdrawn_fp16", `broken_${i}`).replace(from, to);
    await writeFile(join(folder, `broken_${i}`, "config.pbtxt"), broken);
  }
}

/** What no endpoint is needed for: models/ before a real Triton. */
export const REPOSITORY: Group = {
  title: "models/ as Triton reads it",
  checks: [
    {
      name: "each config.pbtxt is of Triton's schema",
      demand: "protocol",
      source: "triton-inference-server/common, protobuf/model_config.proto",
      run: async () => {
        const files = (await configurations()).map((name) => join(MODELS, name, "config.pbtxt"));
        const errors = Object.entries(await parseErrors(files)).filter(([, error]) => error !== null);
        assert.ok(files.length > 0 && errors.length === 0, errors.join("; "));
      },
    },
    {
      name: "of each a Triton lacks nothing but the ONNX Runtime backend, which no wheel has",
      demand: "protocol",
      source: "triton-inference-server/core, src/model_config_utils.cc",
      run: async () => {
        const said = await complaints(MODELS);
        const names = await configurations();
        const others = names.filter((name) => !said.get(name)?.includes(MISSING));
        assert.ok(others.length === 0, others.map((name) => `${name}: ${said.get(name)}`).join("; "));
      },
    },
    {
      name: "and would say so of a configuration that is broken",
      demand: "protocol",
      source: "triton-inference-server/core, src/model_config_utils.cc",
      run: () =>
        inFolder(async (folder) => {
          await placeBroken(folder);
          const said = await complaints(folder);
          const others = BREAKS.filter(({ says }, i) => !said.get(`broken_${i}`)?.includes(says));
          assert.ok(others.length === 0, others.map(({ what }) => what).join("; "));
          const [misspelt] = Object.values(await parseErrors([join(folder, "broken_0/config.pbtxt")]));
          assert.match(misspelt ?? "", /no field named "max_batch_sise"/);
        }),
    },
  ],
};
