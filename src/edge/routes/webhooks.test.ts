import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ADMIN_SECRET } from "../../../tests/support/admin-secret.ts";
import { ask, bindings, codeOf } from "../../../tests/support/workerd/ask.ts";
import { askJson, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { HOST, jobOf, OUTPUTS, of, PAINTER, post } from "../../../tests/support/workerd/stylizations.ts";
import { Delivery, WebhookSecret } from "../../contract/api/webhooks.ts";

const PATH = "/v1/webhooks/deliveries";
const ID = "9fGk2mVx4Qb7TzLr0WcYhA";

/** Announces to an endpoint that wants no such thing, and waits until that is known. */
async function announce(owner: string, stylization: string) {
  const webhooks = bindings.WEBHOOKS.getByName(owner);
  const time = new Date().toISOString();
  const data = {
    ...{ id: stylization, status: "succeeded" as const, source: `upload:${ID}`, outputs: [] },
    ...{ createdAt: time, expiresAt: time },
  };
  const event = { type: "stylization.succeeded" as const, timestamp: time, data };
  await webhooks.rotateSecret();
  await webhooks.announce({ owner, stylization, url: "https://hooks.example.com/status/410", event });
}

type Listed = { deliveries: Delivery[] };

/** The deliveries as the holder of a key or a token sees them. */
async function list(text: string) {
  const answer = await askJson(PATH, text);
  if (answer.status !== 200) throw new Error(await answer.text());
  return ((await answer.json()) as Listed).deliveries;
}
const replay = (text: string, id = "") =>
  askJson(`${PATH}/${id}/replay`, text, undefined, { method: "POST" });

afterEach(async () => {
  vi.restoreAllMocks();
  await reset(); // an alarm that comes when the file's tests are over would find nobody, and wait for ever
});

describe("POST /v1/webhooks/secret", () => {
  it("makes one, and says of the next until when the one before signs", async () => {
    const first = await ask("/v1/webhooks/secret", { method: "POST" });
    expect([first.status, first.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    const made = WebhookSecret.strict().parse(await first.json());
    expect(made).not.toHaveProperty("previousUntil");
    const second = await ask("/v1/webhooks/secret", { method: "POST" });
    const { secret, previousUntil } = WebhookSecret.strict().parse(await second.json());
    expect(secret).not.toBe(made.secret);
    expect(Date.parse(previousUntil ?? "") - Date.now()).toBeGreaterThan(86_000_000);
  });

  it("makes none for an app, which could forge what its back end is told", async () => {
    const { id, key } = await makeKey();
    for (const bound of [{}, { user: "u_1" }]) {
      const token = await makeToken(key, bound);
      const answer = await askJson("/v1/webhooks/secret", token, undefined, { method: "POST" });
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: "forbidden" }]);
    }
    expect(await bindings.WEBHOOKS.getByName(id).hasSecret()).toBe(false);
  });

  it("is of the API's own callers: no page of another site, no webhook of ours", async () => {
    const asked = (headers: Record<string, string>, env = {}) =>
      ask("/v1/webhooks/secret", { method: "POST", headers, env });
    const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    expect(await (await asked(foreign, { ALLOWED_ORIGINS: "" })).json()).toMatchObject({
      code: "origin_not_allowed",
    });
    expect(await (await asked({ Via: "1.1 stylegate" })).json()).toMatchObject({ code: "request_loop" });
  });
});

describe("GET /v1/webhooks/deliveries", () => {
  it("lists them, the newest first, by state and by page", async () => {
    for (const number of [1, 2, 3]) await announce("local", `${ID.slice(1)}${number}`);
    const list = async (query = "") => {
      const answer = await ask(`${PATH}${query}`);
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
      const body = (await answer.json()) as Listed;
      return body.deliveries.map((delivery) => Delivery.strict().parse(delivery));
    };
    const all = await list();
    expect(all.map(({ stylization }) => stylization.at(-1)).join("")).toBe("321");
    expect(await list(`?before=${all[1]?.createdAt}`)).toHaveLength(1);
    expect(await list("?state=delivered")).toEqual([]);
  });

  it.each(["state=lost", "before=yesterday", "before=2026-11-29"])("takes no %s", async (query) => {
    const answer = await ask(`${PATH}?${query}`);
    expect(await answer.json()).toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: query.split("=")[0] }],
    });
  });
});

describe("POST /v1/webhooks/deliveries/{id}/replay", () => {
  it("has one delivered again", async () => {
    await announce("local", ID);
    const { deliveries } = (await (await ask(PATH)).json()) as Listed;
    const [delivery] = deliveries;
    const answer = await ask(`${PATH}/${delivery?.id}/replay`, { method: "POST" });
    expect(answer.status).toBe(202);
    expect(Delivery.strict().parse(await answer.json())).toMatchObject({
      id: delivery?.id,
      state: "pending",
    });
  });

  it.each([
    [`msg_${ID}`, 404, "delivery_not_found"],
    [ID, 400, "invalid_request"],
    [`msg_${ID}x`, 400, "invalid_request"],
    ["msg_..%2f..%2fsecret", 400, "invalid_request"],
  ])("of %s answers %i %s", async (id, status, code) => {
    const answer = await ask(`${PATH}/${id}/replay`, { method: "POST" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

describe("deliveries", () => {
  it("are seen and replayed by their owner alone, and by none of its tokens", async () => {
    const [one, two] = [await makeKey(), await makeKey()];
    await announce(one.id, `${ID.slice(1)}1`);
    await announce(one.id, `${ID.slice(1)}2`);
    await announce(two.id, `${ID.slice(1)}3`);
    const seen = async (text: string) =>
      (await list(text)).map(({ stylization }) => stylization.at(-1)).join("");
    expect(await seen(one.key)).toBe("21");
    expect(await seen(two.key)).toBe("3");
    expect(await seen((await makeKey()).key)).toBe("");
    expect(await seen(ADMIN_SECRET)).toBe("");

    const [theirs] = await list(two.key);
    for (const text of [one.key, ADMIN_SECRET]) {
      const answer = await replay(text, theirs?.id);
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: "delivery_not_found" }]);
    }
    expect((await replay(await makeToken(two.key), theirs?.id)).status).toBe(403); // an app's
    expect((await replay(two.key, theirs?.id)).status).toBe(202);
  });

  it("cannot be looked up while the storage is away", async () => {
    const away = new Proxy({}, { get: () => () => ({ list: () => Promise.reject(new Error("away")) }) });
    const answer = await ask(PATH, { env: { WEBHOOKS: away as typeof bindings.WEBHOOKS } });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "storage_unavailable" });
  });
});

describe("a stylization's webhook", () => {
  const webhook = "https://hooks.example.com/status/410";
  const told = async () => {
    const { deliveries } = (await (await ask(PATH)).json()) as Listed;
    return deliveries.map(({ stylization, type, attempts }) => `${stylization} ${type} ${attempts}`);
  };

  it("wants a secret, and an address that the operator and the key allow", async () => {
    const { key } = await makeKey({ webhooks: ["hooks.example.com"] });
    const source = `${HOST}/png?seed=1`;
    const codeFor = async (webhook: string, env = {}) => {
      const answer = await askJson("/v1/stylizations", key, { source, outputs: OUTPUTS, webhook }, { env });
      return answer.ok ? "ok" : codeOf(answer);
    };
    expect(await codeFor(webhook)).toBe("webhook_secret_missing");
    await askJson("/v1/webhooks/secret", key, undefined, { method: "POST" });
    expect(await codeFor("https://other.example.com/")).toBe("webhook_not_allowed");
    expect(await codeFor("http://hooks.example.com/")).toBe("webhook_not_allowed");
    expect(await codeFor(webhook, { ALLOWED_WEBHOOKS: "" })).toBe("webhook_not_allowed");
    expect(await codeFor(webhook, PAINTER)).toBe("ok");
    const isSent = async () => (await list(key))[0]?.attempts === 1;
    await expect.poll(isSent).toBe(true);
  });

  it("tells each once that has the name of an Idempotency-Key, one after the other", async () => {
    await ask("/v1/webhooks/secret", { method: "POST" });
    const request = { source: `${HOST}/png?seed=1`, outputs: OUTPUTS, webhook };
    const draw = async () => (await of(await post(request, { "Idempotency-Key": "order-77" }))).id;
    const id = await draw();
    const first = `${id} stylization.succeeded 1`;
    await expect.poll(told).toEqual([first]);
    expect(await draw()).toBe(id);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 8 * 86_400_000);
    await runDurableObjectAlarm(jobOf(id)); // it has expired
    expect(await draw()).toBe(id);
    const second = `${id} stylization.succeeded 0`; // its alarm comes by the runtime's clock, in eight days
    await expect.poll(told).toEqual([second]); // the first one's has gone with it
  });
});
