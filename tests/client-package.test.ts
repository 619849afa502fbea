import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, CLIENT, complaintsAbout, ensureTools, SCHEMA, typesOf } from "../src/cli/client/package.ts";
import { schemaFile } from "../src/cli/client/schema.ts";
import { ROOT } from "../src/cli/root.mjs";
import { capture } from "../src/cli/setup/command.mjs";
import { npm } from "../src/cli/setup/npm.mjs";
import { openApiDocument } from "../src/contract/api/document.ts";

// The package as it would be published, in the project of somebody who has nothing else of this one.

const document = JSON.stringify(openApiDocument());

beforeAll(ensureTools);

describe("the document", () => {
  it("is valid, by Redocly's strictest rules", async () => {
    expect(await complaintsAbout(document)).toBe("");
  });

  it("would not be with an operation that nobody described", async () => {
    const broken = { ...JSON.parse(document), paths: { "/v1/oops": { get: { operationId: "createKey" } } } };
    expect(await complaintsAbout(JSON.stringify(broken))).toContain("operation-summary");
  });

  it("is the one that the client's types are of (else: npm run client)", async () => {
    expect(await readFile(SCHEMA, "utf8")).toBe(schemaFile(await typesOf(document), document));
  });
});

describe("the package", () => {
  let folder: string;
  const run = (args: string[]) => capture(process.execPath, args, { cwd: folder });

  beforeAll(async () => {
    await build();
    folder = await mkdtemp(join(tmpdir(), "stylegate-client-"));
    const packed = await npm(["pack", "--json", `--pack-destination=${folder}`], CLIENT);
    const [{ filename }] = JSON.parse(packed.output);
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, "stylegate-client"), { recursive: true });
    const target = ["-C", join(modules, "stylegate-client"), "--strip-components=1"];
    expect(await capture("tar", ["-xzf", join(folder, filename), ...target])).toEqual({
      code: 0,
      output: "",
    });
    const { dependencies } = JSON.parse(await readFile(join(CLIENT, "package.json"), "utf8"));
    // What npm would install beside it; openapi-fetch brings the last one.
    for (const name of [...Object.keys(dependencies), "openapi-typescript-helpers"]) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await cp(join(CLIENT, "node_modules", name), join(modules, name), { recursive: true });
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("has what it needs and nothing else", async () => {
    const { output } = await npm(["pack", "--dry-run", "--json"], CLIENT);
    const files: string[] = JSON.parse(output)[0].files.map(({ path }: { path: string }) => path);
    expect(files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts"]),
    );
    expect(files.filter((path) => !/^dist\/[\w-]+\.(?:d\.ts|js)$/.test(path)).sort()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
  });

  it("can be imported by any runtime: nothing in it is Node's", async () => {
    const print =
      'import * as client from "stylegate-client"; console.log(Object.keys(client).sort().join());';
    await writeFile(join(folder, "print.js"), print);
    const { output, code } = await run(["print.js"]);
    expect({ output: output.trim().split(","), code }).toEqual({
      output: expect.arrayContaining(["StylegateError", "createStylegate", "dataOf", "hasEnded"]),
      code: 0,
    });
    const { output: imported } = await capture("grep", [
      "-rhoE",
      "from [\"'][^.][^\"']*",
      `${folder}/node_modules/stylegate-client/dist`,
    ]);
    expect(new Set(imported.trim().split("\n"))).toEqual(
      new Set(['from "openapi-fetch', 'from "eventsource-parser']),
    );
  });

  it.each([
    ["5", join(CLIENT, "node_modules/typescript/bin/tsc")],
    ["7", join(ROOT, "node_modules/typescript/bin/tsc")],
  ])("has types that TypeScript %s checks requests with", async (_, tsc) => {
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
    const compilerOptions = {
      ...strict,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      noEmit: true,
      types: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    await writeFile(
      join(folder, "app.ts"),
      `import { createStylegate, dataOf, StylegateError, type Stylization } from "stylegate-client";
const stylegate = createStylegate({ baseUrl: "https://img.example.com", token: async () => "t" });
export async function draw(photo: Blob): Promise<Stylization> {
  const { id } = await stylegate.upload(photo, { user: "u_1" });
  const usage: number = dataOf(await stylegate.GET("/v1/usage", { params: { query: { month: "2026-11" } } })).pictures;
  for await (const event of stylegate.follow(id)) if (event.type === "progress") console.log(event.step, usage);
  try {
    return await stylegate.stylize({ source: \`upload:\${id}\`, outputs: [{ style: "toon", fit: "cover" }] });
  } catch (error) {
    if (error instanceof StylegateError && error.code === "quota_exceeded") console.log(error.retryAfter);
    throw error;
  }
}
// @ts-expect-error there is no such fit
export const wrong = () => stylegate.stylize({ source: "", outputs: [{ style: "toon", fit: "crooked" }] });
// @ts-expect-error nor such a route
export const away = () => stylegate.GET("/v1/nowhere");
`,
    );
    expect(await run([tsc, "-p", "."])).toEqual({ code: 0, output: "" });
  });
});
