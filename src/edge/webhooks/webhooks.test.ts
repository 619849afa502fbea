import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import {
  announcement,
  HOOK,
  idOf,
  iso,
  on,
  START,
  status,
} from "../../../tests/support/workerd/webhook-bench.ts";
import { DAY, HOUR } from "./backoff.ts";

const MINUTE = 60_000;

beforeEach(() => reset());

describe("a webhook", () => {
  it("is sent at once, signed as a stock library wants it", () =>
    on("signed", async (bench) => {
      const { secret } = await bench.webhooks.rotateSecret();
      bench.now = START + 123_456;
      const said = announcement();
      await bench.webhooks.announce(said);
      await bench.ring();
      const [request] = bench.requests;
      const timestamp = Math.floor(bench.now / 1000);
      expect(request).toMatchObject({ url: HOOK, redirect: "manual" });
      expect(JSON.parse(request?.body ?? "")).toEqual(said.event);
      expect(request?.headers).toEqual({
        "content-type": "application/json",
        "user-agent": expect.stringContaining("stylegate"),
        via: "1.1 stylegate",
        "webhook-id": expect.stringMatching(/^msg_[\w-]{22}$/),
        "webhook-timestamp": String(timestamp),
        "webhook-signature": expect.stringMatching(/^v1,\S{44} v1,\S{44}$/),
      });
      vi.useFakeTimers({ now: bench.now, toFake: ["Date"] });
      expect(new Webhook(secret).verify(request?.body ?? "", request?.headers ?? {})).toEqual(said.event);
      vi.useRealTimers();
      expect(await bench.delivery()).toEqual({
        ...{
          id: request?.headers["webhook-id"],
          state: "delivered",
          type: "stylization.succeeded",
          url: HOOK,
        },
        ...{ stylization: said.stylization, attempts: 1, lastStatus: 204 },
        ...{ createdAt: iso(bench.now), deliveredAt: iso(bench.now) },
      });
    }));

  it("is one, however often it is announced", () =>
    on("duplicates", async (bench) => {
      const said = announcement();
      await Promise.all([bench.webhooks.announce(said), bench.webhooks.announce(said)]);
      await bench.ring();
      bench.restart();
      await bench.webhooks.announce(said);
      await bench.until(START + DAY);
      expect(bench.requests).toHaveLength(1);
      await bench.announce({ stylization: said.stylization, type: "stylization.failed" });
      await bench.ring();
      expect(bench.requests).toHaveLength(2);
      expect(new Set((await bench.list()).map(({ id }) => id)).size).toBe(2);
    }));

  it("arrives when an endpoint is back that was down for an hour", () =>
    on("hour", async (bench) => {
      bench.endpoint = ({ at }) => {
        if (at < START + HOUR) throw new TypeError("connect ECONNREFUSED");
        return status(200);
      };
      await bench.announce();
      await bench.until(START + HOUR);
      expect(bench.seconds()).toEqual([0, 5, 35, 155, 755, 2555]);
      expect(await bench.delivery()).toMatchObject({
        ...{ state: "pending", attempts: 6, nextAttemptAt: iso(START + 6_155_000) },
        lastError: "The endpoint cannot be reached, or broke off.",
      });
      await bench.until(START + 2 * HOUR);
      expect(bench.seconds().slice(6)).toEqual([6155]);
      const delivery = await bench.delivery();
      expect(delivery).toMatchObject({ state: "delivered", attempts: 7, lastStatus: 200 });
      expect(delivery).not.toHaveProperty("lastError");
      expect(new Set(bench.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
      expect(new Set(bench.requests.map(({ body }) => body)).size).toBe(1);
      const timestamps = bench.requests.map(({ headers }) => Number(headers["webhook-timestamp"]));
      expect(timestamps).toEqual(bench.requests.map(({ at }) => Math.floor(at / 1000)));
    }));

  it("is dead after a day of attempts, is kept for a month, and can be replayed", () =>
    on("day", async (bench) => {
      bench.endpoint = () => status(500);
      await bench.announce();
      await bench.until(START + DAY);
      const times = bench.seconds();
      expect(times.length).toBeGreaterThan(25);
      expect(Math.max(...times)).toBeLessThanOrEqual(DAY / 1000);
      expect(Math.max(...times)).toBeGreaterThan((DAY - HOUR) / 1000);
      const dead = await bench.delivery();
      expect(dead).toMatchObject({ state: "dead", attempts: times.length, lastStatus: 500 });
      expect(dead).not.toHaveProperty("nextAttemptAt");
      expect(await bench.list({ state: "dead" })).toHaveLength(1);
      expect(await bench.list({ state: "pending" })).toEqual([]);

      const replayed = await bench.webhooks.replay(dead.id);
      expect(replayed).toMatchObject({ state: "pending", nextAttemptAt: iso(bench.now) });
      await bench.until(bench.now + DAY); // of attempts again
      expect(bench.requests).toHaveLength(2 * times.length);
      bench.endpoint = () => status(200);
      await bench.webhooks.replay(dead.id);
      await bench.ring();
      const [first, last] = [bench.requests[0], bench.requests.at(-1)];
      expect(last?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
      expect(last?.headers["webhook-timestamp"]).toBe(String(bench.now / 1000));
      expect(last?.body).toBe(first?.body);
      expect((await bench.delivery()).state).toBe("delivered");
    }));

  it("is kept for a month when it is dead, for three days when it was delivered, and the alarm then rests", () =>
    on("kept", async (bench) => {
      bench.endpoint = ({ url }) => status(url === HOOK ? 200 : 410);
      await bench.announce();
      await bench.announce({ url: `${HOOK}/gone` });
      await bench.until(START + 3 * DAY - 1);
      expect(await bench.list()).toHaveLength(2);
      await bench.until(START + 3 * DAY);
      expect((await bench.list()).map(({ state }) => state)).toEqual(["dead"]);
      await bench.until(START + 30 * DAY);
      expect(await bench.list()).toEqual([]);
      expect(await bench.state.storage.getAlarm()).toBeNull();
      expect(bench.requests).toHaveLength(2);
    }));

  it("is dead at once where the endpoint wants no more", () =>
    on("gone", async (bench) => {
      bench.endpoint = () => status(410);
      await bench.announce();
      await bench.until(START + DAY);
      expect(bench.requests).toHaveLength(1);
      expect(await bench.delivery()).toMatchObject({ state: "dead", lastStatus: 410 });
    }));

  it.each([
    [429, "60", 60],
    [503, "600", 600],
    [503, "86400", 3600],
    [429, "1", 5],
    [429, "soon", 5],
    [429, "Fri, 01 Jan 2100 01:00:00 GMT", 5],
    [500, "60", 5],
  ])("waits after %i with Retry-After %s for %i seconds", (code, retryAfter, seconds) =>
    on("busy", async (bench) => {
      bench.endpoint = () => status(code, { "Retry-After": retryAfter });
      await bench.announce();
      await bench.ring();
      expect((await bench.delivery()).nextAttemptAt).toBe(iso(START + seconds * 1000));
    }),
  );

  it.each([301, 302, 303, 307, 308])("does not go where %i leads", (code) =>
    on("redirect", async (bench) => {
      bench.endpoint = () => status(code, { Location: "https://elsewhere.example.com/" });
      await bench.announce();
      await bench.ring();
      expect(bench.requests.map(({ url }) => url)).toEqual([HOOK]);
      const { state, lastError, lastStatus } = await bench.delivery();
      expect({ state, lastStatus }).toEqual({ state: "pending", lastStatus: code });
      expect(lastError).toContain("redirects are not followed");
    }),
  );

  it.each([400, 401, 403, 404, 409, 422, 500, 502, 504])("is tried again after %i", (code) =>
    on("again", async (bench) => {
      bench.endpoint = ({ at }) => status(at === START ? code : 202);
      await bench.announce();
      await bench.until(START + MINUTE);
      expect(bench.seconds()).toEqual([0, 5]);
      expect((await bench.delivery()).state).toBe("delivered");
    }),
  );

  it("has its endpoint's answer left unread", () =>
    on("endless", async (bench) => {
      let pulls = 0;
      let canceled = false;
      const body = new ReadableStream({
        pull(controller) {
          pulls++;
          controller.enqueue(new Uint8Array(1024));
        },
        cancel() {
          canceled = true;
        },
      });
      bench.endpoint = () => new Response(body, { status: 200 });
      await bench.announce();
      await bench.ring();
      expect((await bench.delivery()).state).toBe("delivered");
      expect(canceled).toBe(true);
      expect(pulls).toBeLessThanOrEqual(2);
    }));

  it("is not waited for longer than an endpoint has time", () =>
    on("hanging", async (bench) => {
      bench.timeout = 50;
      bench.endpoint = () => new Promise(() => {});
      await bench.announce();
      await bench.ring();
      expect(await bench.delivery()).toMatchObject({
        ...{ state: "pending", attempts: 1 },
        lastError: "There was no answer within 0.05 seconds.",
      });
    }));

  it("is sent nowhere that the operator no longer allows", () =>
    on("withdrawn", async (bench) => {
      await bench.announce();
      bench.allowed = "other.example.com";
      bench.restart();
      await bench.ring();
      expect(bench.requests).toEqual([]);
      expect((await bench.delivery()).lastError).toContain("ALLOWED_WEBHOOKS does not name it");
      bench.allowed = "hooks.example.com";
      bench.restart();
      await bench.until(START + MINUTE);
      expect((await bench.delivery()).state).toBe("delivered");
    }));
});

describe("a crash", () => {
  it("between sending and noting it has it sent again, with the same id", () =>
    on("crash", async (bench) => {
      bench.endpoint = () => new Promise(() => {}); // it has arrived, and nobody is there to hear so
      await bench.announce();
      await bench.state.storage.deleteAlarm();
      void bench.webhooks.alarm();
      await expect.poll(() => bench.requests).toHaveLength(1);

      bench.restart();
      bench.endpoint = () => status(200);
      expect(await bench.delivery()).toMatchObject({
        ...{ state: "pending", attempts: 1, lastError: "An attempt is under way, or was interrupted." },
      });
      await bench.until(START + 5 * MINUTE); // an alarm was set before anything was sent
      expect(bench.requests).toHaveLength(2);
      expect(bench.requests[1]?.headers["webhook-id"]).toBe(bench.requests[0]?.headers["webhook-id"]);
      expect(await bench.delivery()).toMatchObject({ state: "delivered", attempts: 2 });
    }));

  it("with each attempt ends after a day too", () =>
    on("crashes", async (bench) => {
      bench.endpoint = () => new Promise(() => {});
      await bench.announce();
      for (let crashes = 0; crashes < 100; crashes++) {
        const due = await bench.state.storage.getAlarm();
        if (due === null || (await bench.delivery()).state === "dead") break;
        bench.now = Math.max(bench.now, due);
        await bench.state.storage.deleteAlarm();
        const before = bench.requests.length;
        const ringing = bench.restart().alarm();
        const isSent = vi.waitFor(() => expect(bench.requests.length).toBeGreaterThan(before), 30_000);
        await Promise.race([ringing, isSent]);
      }
      expect(await bench.delivery()).toMatchObject({
        state: "dead",
        lastError: "An attempt is under way, or was interrupted.",
      });
      expect(bench.requests.length).toBeGreaterThan(25);
    }));

  it("after which the service was down for days has what waits sent, not given up", () =>
    on("asleep", async (bench) => {
      await bench.announce();
      bench.now = START + 3 * DAY;
      bench.restart();
      await bench.ring();
      expect((await bench.delivery()).state).toBe("delivered");
    }));
});

describe("what is forgotten", () => {
  it("is sent no more, listed no more, and not taken over again", () =>
    on("forgotten", async (bench) => {
      const [kept, gone] = [announcement(), announcement()];
      bench.endpoint = () => status(500);
      await bench.webhooks.announce(kept);
      await bench.webhooks.announce(gone);
      await bench.ring();
      await bench.webhooks.forget([gone.stylization, idOf(9999)]);
      await bench.webhooks.forget([gone.stylization]);
      await bench.webhooks.announce(gone); // by a job that did not know yet
      await bench.until(START + HOUR);
      expect((await bench.list()).map(({ stylization }) => stylization)).toEqual([kept.stylization]);
      expect(bench.requests.filter(({ body }) => body.includes(gone.stylization))).toHaveLength(1);
      const rows = bench.state.storage.sql.exec("SELECT * FROM deliveries").toArray();
      expect(JSON.stringify(rows)).not.toContain(gone.stylization);
    }));

  it("is told of anew where the next request of the same Idempotency-Key has its id", () =>
    on("anew", async (bench) => {
      const first = announcement();
      await bench.webhooks.announce(first);
      const next = structuredClone(first);
      next.event.data.createdAt = iso(START + 1);
      await bench.webhooks.announce(next);
      await bench.ring();
      expect(bench.requests).toHaveLength(2);
      bench.now = START + MINUTE;
      await bench.webhooks.forget([first.stylization]);
      await bench.webhooks.announce(next);
      expect(await bench.list()).toEqual([]);
      next.event.data.createdAt = iso(START + MINUTE + 1);
      await bench.webhooks.announce(next);
      await bench.webhooks.announce(next);
      expect(await bench.list()).toHaveLength(1);
    }));

  it("while it is under way leaves nothing behind", () =>
    on("forgotten under way", async (bench) => {
      const said = announcement();
      bench.endpoint = async () => {
        await bench.webhooks.forget([said.stylization]);
        return status(500);
      };
      await bench.webhooks.announce(said);
      await bench.ring();
      expect(await bench.list()).toEqual([]);
      await bench.until(START + 2 * DAY);
      expect(bench.requests).toHaveLength(1);
      expect(await bench.state.storage.getAlarm()).toBeNull();
    }));
});

describe("a key that may have nothing sent there any more", () => {
  const key = { id: "key_AAAAAAAAAAAA", name: "x", scopes: [], quotas: {}, createdAt: iso(START) };

  it.each([
    ["is revoked", { ...key, revokedAt: iso(START) }, "The key is revoked."],
    [
      "has a narrower list",
      { ...key, webhooks: ["other.example.com"] },
      /hooks\.example\.com.*the key's list/,
    ],
  ])("%s: what is still to be delivered is dead at once", (_, now, lastError) =>
    on("narrowed", async (bench) => {
      bench.endpoint = () => status(500);
      await bench.announce();
      await bench.ring();
      expect(await bench.delivery()).toMatchObject({ state: "pending", attempts: 1 });
      bench.describe = async () => now;
      await bench.until(START + HOUR);
      expect(bench.requests).toHaveLength(1);
      const dead = await bench.delivery();
      expect(dead).toMatchObject({ state: "dead", attempts: 2 });
      expect(dead.lastError).toMatch(lastError);
      await bench.webhooks.replay(dead.id);
      await bench.until(START + 2 * HOUR);
      expect(bench.requests).toHaveLength(1);
      expect(await bench.delivery()).toMatchObject({ state: "dead" });
      bench.describe = async () => ({ ...key, webhooks: ["hooks.example.com"] });
      bench.endpoint = () => status(200);
      await bench.webhooks.replay(dead.id);
      await bench.until(START + 3 * HOUR);
      expect(await bench.delivery()).toMatchObject({ state: "delivered" });
    }),
  );

  it("and cannot be asked is asked again", () =>
    on("key away", async (bench) => {
      let asked = 0;
      bench.describe = async () => {
        if (asked++ === 0) throw new Error("away");
        return key;
      };
      await bench.announce();
      await bench.announce();
      await bench.ring();
      expect([bench.requests.length, asked]).toEqual([0, 1]); // once for all that an alarm sends
      expect((await bench.list()).map(({ state }) => state)).toEqual(["pending", "pending"]);
      await bench.until(START + HOUR);
      expect(bench.requests).toHaveLength(2);
    }));
});

describe("a replay", () => {
  it("while an attempt is under way follows it, however that ends", () =>
    on("replay under way", async (bench) => {
      bench.endpoint = async () => {
        bench.endpoint = () => status(200);
        await bench.webhooks.replay((await bench.delivery()).id);
        return status(410);
      };
      await bench.announce();
      await bench.ring();
      expect(bench.requests).toHaveLength(2);
      expect(await bench.delivery()).toMatchObject({ state: "delivered", attempts: 2 });
    }));

  it("of what there is not does nothing", () =>
    on("nothing", async (bench) => {
      expect(await bench.webhooks.replay("msg_nothing")).toBeUndefined();
      expect(await bench.state.storage.getAlarm()).toBeNull();
    }));
});

it("is delivered by the runtime's own alarm, over its own fetch", async () => {
  const webhooks = bindings.WEBHOOKS.getByName("real");
  const { secret } = await webhooks.rotateSecret();
  await webhooks.announce(announcement({ url: "https://hooks.example.com/echo/hook" }));
  await expect.poll(() => webhooks.list({ state: "delivered" })).toHaveLength(1);
  expect(await runDurableObjectAlarm(webhooks)).toBe(true); // the one that deletes it
  const log: Record<string, string>[] = await (await fetch("http://hooks.example.com/log/hook")).json();
  expect(log).toHaveLength(1);
  expect(log[0]).toMatchObject({ method: "POST", via: "1.1 stylegate", "content-type": "application/json" });
  expect(log[0]?.["webhook-signature"]).toMatch(/^v1,\S{44}$/);
  expect(JSON.stringify(log)).not.toContain(secret);
});
