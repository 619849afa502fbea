import { reset } from "cloudflare:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import {
  createWebhookSecret,
  Delivery,
  listDeliveries,
  replayDelivery,
  WebhookSecret,
} from "../../contract/api/webhooks.ts";
import { LOCAL, type Principal } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { answerProblem } from "./problems.ts";
import { deliveries, makeSecret, replay } from "./webhooks.ts";

const PATH = "/v1/webhooks/deliveries";
const ID = "9fGk2mVx4Qb7TzLr0WcYhA";

/** Announces to an endpoint that wants no such thing, and waits until that is known. */
async function announce(owner: string, stylization: string, user?: string) {
  const webhooks = bindings.WEBHOOKS.getByName(owner);
  const time = new Date().toISOString();
  const data = {
    ...{ id: stylization, status: "succeeded" as const, source: `upload:${ID}`, outputs: [] },
    ...{ createdAt: time, expiresAt: time, ...(user === undefined ? {} : { user }) },
  };
  const event = { type: "stylization.succeeded" as const, timestamp: time, data };
  await webhooks.rotateSecret();
  await webhooks.announce({ stylization, url: "https://hooks.example.com/status/410", event });
}

type Listed = { deliveries: Delivery[] };

/** The handlers as somebody sees them who is not the operator of this machine. */
function as(principal: Partial<Principal>) {
  const app = new OpenAPIHono<App>();
  app.onError(answerProblem);
  app.use(async (c, next) => {
    c.set("principal", { ...LOCAL, scopes: new Set(["transform"]), ...principal });
    await next();
  });
  app.openapi(createWebhookSecret, makeSecret);
  app.openapi(listDeliveries, deliveries);
  app.openapi(replayDelivery, replay);
  return {
    list: async () => ((await (await app.request(PATH, {}, bindings)).json()) as Listed).deliveries,
    replay: (id: string) => app.request(`${PATH}/${id}/replay`, { method: "POST" }, bindings),
    makeSecret: () => app.request("/v1/webhooks/secret", { method: "POST" }, bindings),
  };
}

beforeEach(() => reset());

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
    const answer = await as({ owner: "key_1", user: "u_1" }).makeSecret();
    expect(answer.status).toBe(403);
    expect(await bindings.WEBHOOKS.getByName("key_1").hasSecret()).toBe(false);
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
    const [delivery] = await as(LOCAL).list();
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
  it("are seen and replayed by their owner alone, and of a token by its user's", async () => {
    await announce("key_1", `${ID.slice(1)}1`, "u_1");
    await announce("key_1", `${ID.slice(1)}2`, "u_2");
    await announce("key_2", `${ID.slice(1)}3`, "u_1");
    const seen = async (principal: Partial<Principal>) =>
      (await as(principal).list()).map(({ stylization }) => stylization.at(-1)).join("");
    expect(await seen({ owner: "key_1" })).toBe("21");
    expect(await seen({ owner: "key_1", user: "u_1" })).toBe("1");
    expect(await seen({ owner: "key_2" })).toBe("3");
    expect(await seen({ owner: "key_3" })).toBe("");
    expect(await seen({ owner: "key_2", user: "u_2" })).toBe("");

    const [theirs] = await as({ owner: "key_2" }).list();
    for (const principal of [{ owner: "key_1" }, { owner: "key_2", user: "u_2" }]) {
      const answer = await as(principal).replay(theirs?.id ?? "");
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: "delivery_not_found" }]);
    }
    expect((await as({ owner: "key_2", user: "u_1" }).replay(theirs?.id ?? "")).status).toBe(202);
  });

  it("cannot be looked up while the storage is away", async () => {
    const away = new Proxy({}, { get: () => () => ({ list: () => Promise.reject(new Error("away")) }) });
    const answer = await ask(PATH, { env: { WEBHOOKS: away as typeof bindings.WEBHOOKS } });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "storage_unavailable" });
  });
});
