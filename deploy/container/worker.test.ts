import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_readConfig } from "wrangler";
import { INSTANCE_TYPE } from "../../src/cli/cost/container.ts";
import { capture } from "../../src/cli/setup/command.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIG = join(ROOT, "deploy/container/wrangler.toml");
const KEY = "correct horse battery staple";

/** In the container's place: says what it was asked. */
const ECHO = `import { DurableObject } from "cloudflare:workers";
export class Echo extends DurableObject {
  async fetch(request) {
    return Response.json({
      url: request.url, method: request.method, headers: Object.fromEntries(request.headers), body: await request.text(),
    });
  }
}
export default { fetch: () => new Response() };`;

let folder: string;
let miniflare: Miniflare;

/** The Worker as wrangler bundles it, without an engine that would build the image. */
async function start(bindings: Record<string, string>) {
  const { compatibility_date = "" } = unstable_readConfig({ config: CONFIG });
  return new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: "endpoint",
          modules: [{ type: "ESModule", path: join(folder, "worker.js") }],
          modulesRoot: folder,
          compatibilityDate: compatibility_date,
          bindings: { INSTANCES: "1", ...bindings },
          durableObjects: { INFERENCE: { className: "Echo", scriptName: "echo" } },
        },
        {
          name: "echo",
          modules: true,
          script: ECHO,
          compatibilityDate: compatibility_date,
          durableObjects: { ECHO: { className: "Echo", useSQLite: true } },
        },
      ],
    }),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-container-"));
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const args = [
    "deploy",
    "--dry-run",
    "--containers-rollout=none",
    `--config=${CONFIG}`,
    `--outdir=${folder}`,
  ];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };
  const { code, output } = await capture(process.execPath, [wrangler, ...args], { cwd: ROOT, env });
  if (code !== 0) throw new Error(output);
  miniflare = await start({ ENDPOINT_KEY: KEY });
});
afterAll(async () => {
  await miniflare?.dispose();
  await rm(folder, { recursive: true, force: true });
});

const ask = async (path: string, init: RequestInit = {}, of = miniflare) =>
  fetch(new URL(path, await of.ready), init);
const authorized = { Authorization: `Bearer ${KEY}` };

describe("the endpoint in a container", () => {
  it.each([
    {},
    { Authorization: "Bearer wrong" },
    { Authorization: KEY },
    { Authorization: `bearer ${KEY}` },
  ])("answers nothing to %j", async (headers) => {
    for (const path of ["/v2", "/v2/health/ready", "/v2/models/ttn_toon_int8/infer"]) {
      const answer = await ask(path, { headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ error: "a key is needed" });
    }
  });

  it("hands on what comes with the key, but not the key", async () => {
    const headers = { ...authorized, "Inference-Header-Content-Length": "2", traceparent: "00-1-2-01" };
    const answer = await ask("/v2/models/ttn_toon_int8/infer", { method: "POST", headers, body: "{}…" });
    const asked = (await answer.json()) as { url: string; headers: Record<string, string> };
    expect(asked).toMatchObject({ method: "POST", body: "{}…" });
    expect(new URL(asked.url).pathname).toBe("/v2/models/ttn_toon_int8/infer");
    expect(asked.headers).toMatchObject({ "inference-header-content-length": "2", traceparent: "00-1-2-01" });
    expect(JSON.stringify(asked)).not.toContain(KEY);
  });

  it("lets nobody choose another port of the container, or say who asks", async () => {
    const headers = { ...authorized, "cf-container-target-port": "22", "CF-Connecting-IP": "203.0.113.1" };
    const asked = (await (await ask("/v2", { headers })).json()) as { headers: Record<string, string> };
    expect(Object.keys(asked.headers).filter((name) => name.startsWith("cf-"))).toEqual([]);
  });

  it("knows the protocol's paths and the metrics', and no others", async () => {
    expect((await ask("/metrics", { headers: authorized })).status).toBe(200);
    for (const path of ["/", "/v2/repository/index", "/v2/models/x/load"]) {
      expect((await ask(path, { headers: authorized })).status).toBe(404);
    }
  });

  it("answers nobody where it has no key", async () => {
    const keyless = await start({});
    try {
      for (const headers of [{}, { Authorization: "Bearer " }, { Authorization: "Bearer undefined" }]) {
        expect((await ask("/v2", { headers }, keyless)).status).toBe(500);
      }
    } finally {
      await keyless.dispose();
    }
  });

  it("is of the size that its costs are reckoned for", () => {
    const [container] = unstable_readConfig({ config: CONFIG }).containers ?? [];
    expect(container?.instance_type).toBe(INSTANCE_TYPE);
  });
});
