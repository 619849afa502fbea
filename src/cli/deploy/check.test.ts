import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import { ROOT } from "../root.mjs";
import { check } from "./check.ts";
import type { Checked, Said } from "./deployed.ts";

const TOML = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
const SAID = {
  ...{ overridden: {}, isOpen: false, isEdgeOnly: false, env: undefined },
  ...{ routes: undefined, domains: [] },
};
const GPU = { INFERENCE_URL: "https://gpu.example.com" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-deploy-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What is said of the repository's wrangler.toml, changed so. */
async function checked(
  vars: Record<string, string>,
  said: Partial<Said> = {},
  change = (toml: string) => toml,
): Promise<Checked> {
  const toml = Object.entries(vars).reduce((text, [name, value]) => {
    const line = `${name} = ${JSON.stringify(value)}`;
    return text.includes(`\n${name} = `)
      ? text.replace(new RegExp(`^${name} = .*$`, "m"), () => line)
      : `${text.trimEnd()}\n${line}\n`;
  }, change(TOML));
  const config = join(folder, "wrangler.toml");
  await writeFile(config, toml);
  return check(unstable_readConfig({ config }, { hideWarnings: true }), { ...SAID, ...said });
}

/** Without a table, or an array's entry: up to the next empty line. */
const without = (start: string) => (toml: string) => {
  const [before = "", rest = ""] = toml.split(start);
  expect(rest).not.toBe("");
  return before + rest.slice(rest.indexOf("\n\n"));
};

it("finds nothing wrong with wrangler.toml once an endpoint is named", async () => {
  const { problems, warnings } = await checked(GPU);
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^Secrets cannot be seen from here. Needed are ADMIN_SECRET/),
  ]);
});

describe("says in a sentence", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["no endpoint", {}, /^No Worker reaches http:\/\/127\.0\.0\.1:8788: set INFERENCE_URL/],
    ["a wrong list", { INFERENCE_ENDPOINTS: "gpu" }, /^INFERENCE_ENDPOINTS: it is not JSON/],
    [
      "an endpoint without a URL",
      { INFERENCE_ENDPOINTS: '[{"name": "gpu"}]' },
      /^INFERENCE_ENDPOINTS: \$\[0\]\.url/,
    ],
    ["no URL", { INFERENCE_URL: "gpu.example.com" }, /^INFERENCE_URL must be an http or https URL/],
    [
      "a private network",
      { INFERENCE_URL: "http://10.0.0.5:8000" },
      /^No Worker reaches http:\/\/10\.0\.0\.5:8000/,
    ],
    [
      "one of two in a cluster",
      {
        INFERENCE_ENDPOINTS:
          '[{"name": "gpu", "url": "https://gpu.example.com"}, {"name": "cpu", "url": "http://cpu.default.svc.cluster.local"}]',
      },
      /^The endpoint "cpu" is at http:\/\/cpu\.default\.svc\.cluster\.local, which no Worker reaches/,
    ],
    ["everybody let in", { ...GPU, AUTH: "open" }, /^AUTH is "open", .* say --open/],
    [
      "a secret for all to read",
      { ...GPU, ADMIN_SECRET: "x".repeat(32) },
      /^ADMIN_SECRET is a secret, and must not/,
    ],
    ["a wrong number", { ...GPU, WORKING_SIZE: "big" }, /^WORKING_SIZE must be a whole number/],
    [
      "a bucket that is not bound",
      { ...GPU, SOURCE_BUCKETS: "photos=PHOTOS" },
      /^SOURCE_BUCKETS names PHOTOS/,
    ],
    [
      "direct uploads into another bucket",
      { ...GPU, R2_ACCOUNT_ID: "0".repeat(32), R2_BUCKET: "photos" },
      /^R2_BUCKET is "photos", and PICTURES is bound to "stylegate-pictures"/,
    ],
    [
      "a moderation on this machine",
      { ...GPU, MODERATION_URL: "http://localhost:9" },
      /^MODERATION_URL is http:\/\/localhost/,
    ],
  ])("%s", async (_, vars, sentence) => {
    expect((await checked(vars)).problems).toEqual([expect.stringMatching(sentence)]);
  });

  it.each<[string, string, RegExp]>([
    ["bucket", '[[r2_buckets]]\nbinding = "PICTURES"', /^PICTURES is not bound: .* \[\[r2_buckets\]\]/],
    ["queue", "[[queues.producers]]", /^JOB_QUEUE is not bound: .* \[\[queues\.producers\]\]/],
    ["consumer", "[[queues.consumers]]", /^Nobody takes from the queue "stylegate-stylizations"/],
    ["object", '[[durable_objects.bindings]]\nname = "JOBS"', /^JOBS is not bound/],
  ])("that there is no %s", async (_, start, sentence) => {
    expect((await checked(GPU, {}, without(start))).problems).toEqual([expect.stringMatching(sentence)]);
  });

  it("all of it at once", async () => {
    const { problems } = await checked(
      { AUTH: "open", WORKING_SIZE: "1", SYNC_TIMEOUT: "x" },
      {},
      without("[[queues.producers]]"),
    );
    expect(problems.join("\n")).toMatch(/JOB_QUEUE.*WORKING_SIZE.*SYNC_TIMEOUT/s);
  });
});

it("knows each binding that the Worker cannot do without", async () => {
  const types = readFileSync(join(ROOT, "src/edge/bindings.ts"), "utf8");
  const names = [...types.matchAll(/^ {2}(\w+): (?:R2Bucket|DurableObjectNamespace|Queue)/gm)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(5);
  const none = { ...unstable_readConfig({ config: join(ROOT, "wrangler.toml") }, { hideWarnings: true }) };
  const { problems } = check(
    { ...none, r2_buckets: [], queues: { producers: [], consumers: [] }, durable_objects: { bindings: [] } },
    { ...SAID, overridden: GPU },
  );
  expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual(names.sort());
});

describe("what is meant is not refused", () => {
  it("the edge engine alone, but not without it", async () => {
    expect((await checked({}, { isEdgeOnly: true })).problems).toEqual([]);
    const alone = await checked({}, { isEdgeOnly: true }, without("[[services]]"));
    expect(alone.problems).toEqual([
      expect.stringMatching(/^Nothing could draw: .* no edge engine is bound/),
    ]);
  });

  it("a service that is open", async () => {
    const { problems, warnings } = await checked({ ...GPU, AUTH: "open" }, { isOpen: true });
    expect(problems).toEqual([]);
    expect(warnings.join()).not.toContain("ADMIN_SECRET");
  });

  it("variables of the command line instead of the file's", async () => {
    expect((await checked({ AUTH: "nobody" }, { overridden: { ...GPU, AUTH: "keys" } })).problems).toEqual(
      [],
    );
  });

  it("secrets that are set elsewhere", async () => {
    const vars = {
      ...GPU,
      REQUIRE_SIGNATURE: "yes",
      R2_ACCOUNT_ID: "0".repeat(32),
      R2_BUCKET: "stylegate-pictures",
    };
    const { problems, warnings } = await checked(vars);
    expect(problems).toEqual([]);
    expect(warnings.join()).toMatch(/SIGNING_KEYS .*R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY/);
  });
});

describe("of an environment", () => {
  const PRODUCTION = '[[routes]]\npattern = "img.example.com"\ncustom_domain = true\n\n[assets]';

  /** What is said of `[env.staging]`, with all that stands outside of it, and with `own` before its tables. */
  async function staged(own: string, said: Partial<Said> = {}, change = (tables: string) => tables) {
    const top = TOML.replace("[assets]", PRODUCTION);
    const [tables = ""] = TOML.slice(TOML.indexOf("[[r2_buckets]]")).split("[observability]");
    const inherited = tables.split(/(?=^\[\[?\w)/m).filter((table) => !table.startsWith("[[migrations]]"));
    const staging = inherited.join("").replace(/^(\[\[?)(?=\w)/gm, "$1env.staging.");
    const config = join(folder, "staging.toml");
    const vars = `[env.staging.vars]\nAUTH = "keys"\nINFERENCE_URL = "${GPU.INFERENCE_URL}"\n`;
    await writeFile(config, `${top}\n[env.staging]\n${own}\n\n${change(staging)}\n${vars}`);
    const read = (env: string) => unstable_readConfig({ config, env }, { hideWarnings: true });
    return check(read("staging"), { ...SAID, env: "staging", ...said }, read(""));
  }
  const apart = (tables: string) => tables.replaceAll(/"(stylegate-(?:pictures|stylizations))"/g, '"$1-2"');

  it("nothing is wrong that has all of its own", async () => {
    const { problems, warnings } = await staged("routes = []", {}, apart);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("secret list --env staging")]);
  });

  it.each<[string, string, Partial<Said>]>([
    ["inherits it", "", {}],
    ["has the same", 'routes = [{ pattern = "img.example.com", custom_domain = true }]', {}],
    ["has a route, which wrangler takes where there are no routes", 'route = "staging.example.com"', {}],
    ["is given a domain, which wrangler has beside it", "", { domains: ["staging.example.com"] }],
    ["is given it", "routes = []", { domains: ["img.example.com"] }],
  ])("the domain would be taken where it %s", async (_, own, said) => {
    const { problems } = await staged(own, said, apart);
    expect(problems).toEqual([
      expect.stringMatching(/^\[env\.staging\] would take img\.example\.com away from/),
    ]);
  });

  it.each<[string, string, Partial<Said>]>([
    ["its own", 'routes = [{ pattern = "staging.example.com", custom_domain = true }]', {}],
    ["one of the command line instead", "", { routes: ["staging.example.com/*"] }],
  ])("the domain stays with %s", async (_, own, said) => {
    expect((await staged(own, said, apart)).problems).toEqual([]);
  });

  it("a queue is its own, and a bucket that is not is told of", async () => {
    const { problems, warnings } = await staged("routes = []");
    expect(problems).toEqual([expect.stringMatching(/^The queue "stylegate-stylizations" is also that/)]);
    expect(warnings[0]).toMatch(/^PICTURES is bound to "stylegate-pictures", as outside/);
  });

  it("the tables are named that are its own", async () => {
    const { problems } = await staged("routes = []", { overridden: { ADMIN_SECRET: "x" } }, () => "");
    const text = problems.join("\n");
    for (const table of ["r2_buckets", "durable_objects.bindings", "queues.producers"])
      expect(text).toContain(`under [[env.staging.${table}]].`);
    expect(text).toContain("must not stand in [env.staging.vars]: ");
    expect(text).toContain("secret put ADMIN_SECRET --env staging");
    const lost = await staged("routes = []", { overridden: { INFERENCE_URL: "http://localhost" } }, apart);
    expect(lost.problems.join()).toContain("INFERENCE_ENDPOINTS in [env.staging.vars]");
  });
});

it("asks the edge engine alone for no credentials, and says what it does not draw", async () => {
  const { warnings } = await checked({}, { isEdgeOnly: true });
  expect(warnings).toEqual([
    expect.stringMatching(/no stylizations: those of POST \/v1\/stylizations wait/),
    expect.not.stringContaining("INFERENCE_CREDENTIALS"),
  ]);
  const open = await checked({ AUTH: "open" }, { isEdgeOnly: true, isOpen: true });
  expect(open.warnings.join()).not.toContain("Secrets");
  const both = await checked(GPU, { isEdgeOnly: true });
  expect(both.warnings.join()).toContain("INFERENCE_CREDENTIALS");
  expect(both.warnings.join()).not.toContain("POST");
});

it("warns of what works and should not be so", async () => {
  const vars = { INFERENCE_URL: "http://gpu.example.com", ALLOWED_SOURCES: "a.example.com, *" };
  const { problems, warnings } = await checked(vars, { env: "staging" }, without("[triggers]"));
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^There are no crons/),
    expect.stringMatching(/^The endpoint "endpoint" is asked over http/),
    expect.stringMatching(/^ALLOWED_SOURCES has \*/),
    expect.stringContaining("secret list --env staging"),
  ]);
});
