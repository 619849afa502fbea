import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { capture } from "../src/cli/setup/command.mjs";
import { createStylegate, dataOf, type Stylegate } from "../src/client/index.ts";
import { EXAMPLES } from "../src/contract/api/page/examples.ts";
import { START } from "../src/contract/api/page/start.ts";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { startPainted } from "./support/painted.ts";
import type { Workers } from "./support/workers.ts";

// The commands of /docs, run as they stand there, in a shell, against the Worker as it is deployed.

const run = promisify(execFile);

const [curl, jq] = await Promise.all(["curl", "jq"].map((name) => capture(name, ["--version"])));
const [, major, minor] = /^curl (\d+)\.(\d+)/.exec(curl?.output ?? "") ?? [];
const lacking = [
  ...(Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 82) ? [] : ["curl 7.82 or newer"]),
  ...(jq?.code === 0 ? [] : ["jq"]),
].join(" and ");
if (lacking !== "" && process.env.CI) throw new Error(`The commands of /docs need ${lacking} to be tried.`);

let workers: Workers;
let folder: string;
let stylegate: Stylegate;
let key: string;

beforeAll(async () => {
  workers = await startPainted({
    AUTH: "keys",
    ALLOWED_SOURCES: "*",
    ALLOWED_WEBHOOKS: "*",
    REQUIRE_SIGNATURE: "no",
  });
  folder = await mkdtemp(join(tmpdir(), "stylegate-docs-"));
  const photo = { width: 96, height: 96, channels: 3, background: "#c08040" } as const;
  await writeFile(join(folder, "photo.jpg"), await sharp({ create: photo }).jpeg().toBuffer());
  const operator = createStylegate({ baseUrl: workers.url, key: ADMIN_SECRET });
  const scopes: ("transform" | "upload" | "admin")[] = ["transform", "upload", "admin"];
  ({ key } = dataOf(await operator.POST("/v1/keys", { body: { name: "reader", scopes } })));
  stylegate = createStylegate({ baseUrl: workers.url, key });
});

afterAll(async () => {
  await workers?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the commands print; rejects where one of them fails, or is answered with a problem. */
async function shell(commands: string, variables: Record<string, string>, url = workers.url) {
  const script = [
    "set -euo pipefail",
    'curl() { case $1 in -f*) command curl "$@";; *) command curl --fail-with-body "$@";; esac; }',
    commands
      .replace("http://localhost:8787", url)
      // The fake internet has pictures at other paths than a reader's.
      .replace("photos.example.com/me.jpg", "photos.example.com/png?width=64&height=64"),
  ].join("\n");
  const { PATH = "" } = process.env;
  const { stdout } = await run("bash", ["-c", script], { cwd: folder, env: { PATH, ...variables } });
  return stdout;
}

/** What the page's "Start here" has made: ids to be put into the examples. */
async function made(): Promise<Record<string, string>> {
  dataOf(await stylegate.POST("/v1/webhooks/secret"));
  const upload = await stylegate.upload(await sharp(join(folder, "photo.jpg")).toBuffer(), {
    user: "u_4711",
  });
  const { id, outputs } = await stylegate.stylize({
    source: `upload:${upload.id}`,
    outputs: [{ style: "toon" }],
    webhook: "https://app.example.com/status/200",
  });
  const body = { name: "one of many", scopes: ["upload" as const] };
  const { id: keyId } = dataOf(await stylegate.POST("/v1/keys", { body }));
  const delivery = await vi.waitUntil(async () => {
    const { deliveries } = dataOf(await stylegate.GET("/v1/webhooks/deliveries"));
    return deliveries.find((each) => each.stylization === id)?.id;
  });
  return {
    ...{ UPLOAD: upload.id, STYLIZATION: id, PICTURE: outputs[0]?.url ?? "" },
    ...{ KEY_ID: keyId, DELIVERY: delivery },
  };
}

describe.skipIf(lacking !== "")(
  `the commands of /docs${lacking && ` (not tried: no ${lacking} here)`}`,
  () => {
    async function walk(blocks: readonly string[], variables: Record<string, string>, url: string) {
      const printed = await shell(blocks.join("\n"), variables, url);
      expect(printed).toContain("event: status");
      expect(printed).toMatch(/"uploads":1,"stylizations":1/);
      const picture = join(folder, "toon.jpg");
      expect((await sharp(picture).metadata()).width).toBe(96);
      await rm(picture);
    }
    const blocks = [...START.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = ""]) => block);

    it("lead from nothing to a picture, and to nothing again", () =>
      walk(blocks, { ADMIN_SECRET }, workers.url));

    it("do so where nobody is asked for a key, with and without the steps that make some", async () => {
      const open = await startPainted({ AUTH: "open", ADMIN_SECRET: "" });
      try {
        await walk(blocks, { ADMIN_SECRET: "" }, open.url);
        const isLeftOut = (block: string) => /^(?:KEY|TOKEN)=/.test(block);
        const rest = blocks.filter((block) => !isLeftOut(block));
        expect(rest).toHaveLength(blocks.length - 2);
        await walk(rest, { KEY: "", TOKEN: "" }, open.url);
      } finally {
        await open.stop();
      }
    });

    const SEQUENCES = [
      ["createDirectUpload", "putDirectUpload", "completeDirectUpload"],
      ["createResumableUpload", "headResumableUpload", "patchResumableUpload"],
      ["createResumableUpload", "deleteResumableUpload"],
    ];
    const alone = Object.keys(EXAMPLES).filter((name) => !SEQUENCES.flat().includes(name));

    it.each(
      [...alone.map((name) => [name]), ...SEQUENCES].map((names) => [names.join(", "), names] as const),
    )("do what they say: %s", async (_, names) => {
      const commands = names.map((name) => EXAMPLES[name]).join("\n");
      // Of an endpoint that has answered nobody has to be told again: the fake internet knows no such path.
      await expect(
        shell(commands, { STYLEGATE: workers.url, KEY: key, ADMIN_SECRET, ...(await made()) }),
      ).resolves.toBeDefined();
    });
  },
);
