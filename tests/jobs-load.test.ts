import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Usage } from "../src/contract/api/keys.ts";
import type { Stylization } from "../src/contract/api/stylizations.ts";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { INFERENCE_HOST, type Internet, internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// 200 clients of 20 keys at once, through two Workers: nothing is lost, nothing is doubled, and every quota is exact.

vi.setConfig({ testTimeout: 240_000 });

const [KEYS, CLIENTS] = [20, 200];
const EACH = CLIENTS / KEYS;
/** A key has pictures for all but one of its clients. */
const QUOTA = EACH - 1;

let workers: Workers;
const drawn: string[] = [];
const told: { id: string; stylization: string; status: string }[] = [];

beforeAll(async () => {
  const online = internet("http://nowhere.invalid");
  const outbound: Internet = async (incoming, outgoing) => {
    const { host, "webhook-id": id } = incoming.headers;
    if (host === "hooks.example.com") {
      let text = "";
      for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
      const { data } = JSON.parse(text) as { data: Stylization };
      told.push({ id: String(id), stylization: data.id, status: data.status });
      return void outgoing.writeHead(200).end();
    }
    if (host === INFERENCE_HOST && /ttn_\w+\/infer$/.test(incoming.url ?? "")) drawn.push(incoming.url ?? "");
    online(incoming, outgoing);
  };
  const variables = {
    ...{
      AUTH: "keys",
      ADMIN_SECRET,
      ALLOWED_SOURCES: "photos.example.com",
      ALLOWED_WEBHOOKS: "hooks.example.com",
    },
    ...{ INFERENCE_URL: `http://${INFERENCE_HOST}/painter/load`, MAX_FACES: "0", SYNC_TIMEOUT: "120" },
  };
  workers = await startWorkers((modules) =>
    ["one", "two"].map((name) => stylegate(name, modules, variables, { flights: "one", outbound })),
  );
});

afterAll(() => workers?.stop());

type Answer<Body> = { status: number; body: Body };

async function ask<Body>(
  worker: string,
  key: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer<Body>> {
  const fetcher = await workers.miniflare.getWorker(worker);
  const answer = await fetcher.fetch(`http://localhost${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

async function makeKey(): Promise<{ id: string; key: string }> {
  const request = { name: "load", scopes: ["transform"], quotas: { perMonth: QUOTA } };
  const { body } = await ask<{ id: string; key: string }>("one", ADMIN_SECRET, "/v1/keys", { body: request });
  await ask("one", body.key, "/v1/webhooks/secret", { body: {} });
  return body;
}

it("200 clients of 20 keys at once have each picture drawn once, told once and counted once", async () => {
  const keys = await Promise.all(Array.from({ length: KEYS }, makeKey));
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const key = keys[client % KEYS]?.key ?? "";
    const headers = {
      "Idempotency-Key": `client-${client}`,
      ...(client % 2 === 0 ? { Prefer: "respond-async" } : {}),
    };
    const body = {
      source: `https://photos.example.com/png?seed=${client}&width=64&height=64`,
      outputs: [{ style: "toon", width: 48 }],
      webhook: "https://hooks.example.com/",
      labels: { client: `${client}` },
    };
    return { key, headers, body };
  });
  /** Each says it twice at once, as clients do that were not answered in time; the second time to the other Worker. */
  const send = ({ key, ...asked }: (typeof clients)[number]) =>
    Promise.all(
      ["one", "two"].map((worker) =>
        ask<Stylization & { code?: string }>(worker, key, "/v1/stylizations", asked),
      ),
    );
  const answers = await Promise.all(clients.map(send));

  const accepted = answers.map((twice) => twice.find(({ status }) => status < 300)?.body.id);
  const refused = answers.filter((twice) => twice.every(({ body }) => body.code === "quota_exceeded"));
  expect(refused).toHaveLength(CLIENTS - KEYS * QUOTA);
  const ids = accepted.filter((id) => id !== undefined);
  expect(ids).toHaveLength(KEYS * QUOTA);
  expect(new Set(ids).size).toBe(ids.length);
  for (const twice of answers)
    for (const { status, body } of twice) {
      expect([200, 202, 409, 429], JSON.stringify(body)).toContain(status);
      if (status < 300) expect(ids).toContain(body.id);
    }

  const key = new Map(accepted.map((id, client) => [id, clients[client]?.key ?? ""]));
  await vi.waitFor(() => expect(new Set(told.map(({ stylization }) => stylization)).size).toBe(ids.length), {
    timeout: 180_000,
    interval: 250,
  });
  const ended = await Promise.all(
    ids.map(async (id) => (await ask<Stylization>("two", key.get(id) ?? "", `/v1/stylizations/${id}`)).body),
  );
  expect(ended.map(({ status }) => status)).toEqual(ids.map(() => "succeeded"));
  expect(drawn).toHaveLength(ids.length);
  expect(told).toHaveLength(ids.length);
  expect(new Set(told.map(({ id }) => id)).size).toBe(ids.length);

  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "one");
  const { objects } = await bucket.list({ prefix: "outputs/" });
  const shown = ended.flatMap(({ outputs }) =>
    outputs.map(({ url }) => url?.replace("/v1/pictures/", "outputs/")),
  );
  expect(objects.map((object) => object.key).sort()).toEqual(shown.sort());

  const usages = await Promise.all(
    keys.map(async ({ id }) => (await ask<Usage>("one", ADMIN_SECRET, `/v1/keys/${id}/usage`)).body),
  );
  for (const usage of usages) expect(usage).toMatchObject({ pictures: QUOTA, reserved: 0 });
});
