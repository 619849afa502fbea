import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
let workers: Workers;
let inference: Inference;

beforeAll(async () => {
  inference = await startInference();
  const variables = {
    AUTH: "keys",
    ADMIN_SECRET,
    ALLOWED_SOURCES: "photos.example.com",
    INFERENCE_URL: `http://${INFERENCE_HOST}`,
    MODEL_SUFFIX: "_int8",
  };
  const outbound = internet(inference.url);
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, variables, { outbound })]);
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

const call = async <Answered>(path: string, bearer: string, body?: object): Promise<Answered> => {
  const answer = await fetch(`${workers.url}${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await answer.json()) as Answered;
};

describe("docs/keys.md", () => {
  it("has commands that lead from nothing to an app with a picture, and to its usage", async () => {
    const page = await readFile(join(ROOT, "docs/keys.md"), "utf8");
    const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
    expect(commands).toHaveLength(4);
    const drawing = join(tmpdir(), `stylegate-keys-${process.pid}.jpg`);
    const script = ["set -euo pipefail", ...commands].join("\n").replace("drawing.jpg", drawing);
    const env = { ...process.env, URL: workers.url, ADMIN_SECRET };
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: ROOT, env });
    const usage = JSON.parse(stdout);
    expect(usage).toMatchObject({
      quotas: { perMinute: 600, perMonth: 100_000 },
      requests: 4,
      pictures: 1,
      reserved: 0,
      uploads: 1,
    });
    const bytes = await readFile(drawing);
    await rm(drawing);
    expect(bytes.subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff));
  });
});

describe("twenty keys and two hundred clients at once", () => {
  it("each have exactly their quota answered", async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        call<{ id: string; key: string }>("/v1/keys", ADMIN_SECRET, {
          name: `key ${at}`,
          scopes: ["transform"],
          quotas: { perMonth: at },
        }),
      ),
    );
    const url = `${workers.url}/image/style=toon,width=64,format=png/https://photos.example.com/png?seed=7`;
    const answers = await Promise.all(
      Array.from({ length: 400 }, async (_, at) => {
        const { key } = keys[at % 20] ?? { key: "" };
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${key}` } });
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    const expected = (19 * 20) / 2; // 0 + 1 + … + 19, of 20 requests of each
    expect(answers.filter((status) => status === 200)).toHaveLength(expected);
    expect(answers.filter((status) => status === 429)).toHaveLength(400 - expected);
    for (const [at, { id }] of keys.entries()) {
      await expect
        .poll(() => call(`/v1/keys/${id}/usage`, ADMIN_SECRET))
        .toMatchObject({ pictures: at, reserved: 0, refused: 20 - at });
    }
  });
});
