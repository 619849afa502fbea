import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import type { WebhookEvent } from "../../contract/api/webhooks.ts";
import type { Announcement } from "./announcement.ts";
import { DAY, HOUR } from "./backoff.ts";
import { Webhooks, type World } from "./webhooks.ts";

/** Far from the clock that the runtime has, so that no alarm comes but those that a test lets come. */
const START = Date.UTC(2100, 0, 1);
const MINUTE = 60_000;
const HOOK = "https://hooks.example.com/a";

type Request = { at: number; url: string; headers: Record<string, string>; body: string; redirect?: unknown };
type Endpoint = (request: Request) => Response | Promise<Response>;

/** An object with a clock and an internet of its own, on storage that outlives it. */
class Bench {
  now = START;
  readonly requests: Request[] = [];
  readonly state: DurableObjectState;
  endpoint: Endpoint = () => new Response(null, { status: 204 });
  allowed = "*";
  timeout = 10_000;
  webhooks: Webhooks;

  constructor(state: DurableObjectState) {
    this.state = state;
    this.webhooks = this.restart();
  }

  /** Another instance on the same storage: what was in memory is gone. */
  restart(): Webhooks {
    const bench = this;
    const world: World = {
      now: () => bench.now,
      chance: () => 0.5,
      fetch: async (input, init) => {
        const headers = Object.fromEntries(new Headers(init?.headers));
        const body = new TextDecoder().decode(init?.body as Uint8Array);
        const request = { at: bench.now, url: String(input), headers, body, redirect: init?.redirect };
        bench.requests.push(request);
        const answering = Promise.resolve(bench.endpoint(request));
        const aborted = new Promise<never>((_, reject) =>
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
        );
        return Promise.race([answering, aborted]);
      },
      get timeout() {
        return bench.timeout;
      },
    };
    this.webhooks = new Webhooks(this.state, { ALLOWED_WEBHOOKS: this.allowed }, world);
    return this.webhooks;
  }

  announce(at: Partial<Announcement> & { type?: WebhookEvent["type"] } = {}): Promise<void> {
    return this.webhooks.announce(announcement(at));
  }

  /** Has the alarm that is due come, as the runtime does. @returns whether there was one */
  async ring(): Promise<boolean> {
    const due = await this.state.storage.getAlarm();
    if (due === null || due > this.now) return false;
    await this.state.storage.deleteAlarm();
    await this.webhooks.alarm();
    return true;
  }

  /** Moves the clock on, from alarm to alarm. */
  async until(time: number): Promise<void> {
    for (;;) {
      const due = await this.state.storage.getAlarm();
      if (due === null || due > time) break;
      this.now = Math.max(this.now, due);
      await this.ring();
    }
    this.now = Math.max(this.now, time);
  }

  list = (asked: Parameters<Webhooks["list"]>[0] = {}) => this.webhooks.list(asked);

  /** Of the only delivery. */
  async delivery() {
    const [delivery, ...more] = await this.list();
    if (!delivery || more.length > 0) throw new Error(`${more.length} more`);
    return delivery;
  }

  /** Seconds from the start of each request. */
  seconds = () => this.requests.map(({ at }) => (at - START) / 1000);
}

let number = 0;
const idOf = (of: number) => String(of).padStart(22, "0");

function announcement({
  stylization = idOf(++number),
  url = HOOK,
  type = "stylization.succeeded",
  event,
}: Partial<Announcement> & { type?: WebhookEvent["type"] } = {}): Announcement {
  const time = new Date(START).toISOString();
  const data = {
    ...{
      id: stylization,
      status: "succeeded" as const,
      source: "upload:9fGk2mVx4Qb7TzLr0WcYhA",
      outputs: [],
    },
    ...{ createdAt: time, expiresAt: time, labels: { name: "Łukasz 🎨" } },
  };
  return { stylization, url, event: event ?? { type, timestamp: time, data } };
}

const on = (name: string, work: (bench: Bench) => Promise<void>) =>
  runInDurableObject(bindings.WEBHOOKS.getByName(name), async (_, state) => {
    const bench = new Bench(state);
    await bench.webhooks.rotateSecret();
    await work(bench);
  });

const status = (code: number, headers = {}) => new Response(null, { status: code, headers });
const iso = (time: number) => new Date(time).toISOString();

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

describe("several webhooks", () => {
  /** An endpoint whose requests end when a test says so. */
  function held(bench: Bench, isHeld: (request: Request) => boolean = () => true) {
    const waiting: (() => void)[] = [];
    bench.endpoint = (request) =>
      isHeld(request)
        ? new Promise((resolve) => waiting.push(() => resolve(status(200))))
        : Promise.resolve(status(200));
    return () => {
      for (const answer of waiting.splice(0)) answer();
    };
  }

  const hosts = (bench: Bench) => bench.requests.map(({ url }) => new URL(url).hostname[0]).join("");
  const to = (name: string) => ({ url: `https://${name}.example.com/` });

  it("are under way at once, six at most, three of them to one host", () =>
    on("slots", async (bench) => {
      const answer = held(bench);
      for (const name of ["a", "a", "a", "a", "b", "b", "b", "b", "c"]) await bench.announce(to(name));
      const ringing = bench.ring();
      await vi.waitFor(() => expect(bench.requests).toHaveLength(6));
      // A host to which nothing is under way comes first.
      expect(hosts(bench)).toBe("abcaab");
      while (bench.requests.length < 9) {
        answer();
        await vi.waitFor(() => expect(bench.requests.length).toBeGreaterThan(6));
      }
      answer();
      await ringing;
      expect(await bench.list({ state: "delivered" })).toHaveLength(9);
    }));

  it("do not wait for a slow endpoint, nor do those that come meanwhile", () =>
    on("slow", async (bench) => {
      const answer = held(bench, ({ url }) => url.startsWith("https://slow"));
      for (let count = 0; count < 20; count++) await bench.announce(to("slow"));
      for (let count = 0; count < 20; count++) await bench.announce(to("quick"));
      const ringing = bench.ring();
      await vi.waitFor(async () => expect(await bench.list({ state: "delivered" })).toHaveLength(20));
      expect(hosts(bench).replaceAll("q", "")).toBe("sss");
      await bench.announce(to("late"));
      await vi.waitFor(async () => expect(await bench.list({ state: "delivered" })).toHaveLength(21));
      while (bench.requests.length < 41) {
        answer();
        await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      }
      answer();
      await ringing;
      expect(await bench.list({ state: "delivered" })).toHaveLength(41);
    }));

  it("are listed a hundred at a time, none twice and none left out", () =>
    on("pages", async (bench) => {
      for (let count = 0; count < 250; count++) await bench.announce();
      const found: string[] = [];
      let before: number | undefined;
      for (let pages = 0; pages < 3; pages++) {
        const page = await bench.list(before === undefined ? {} : { before });
        found.push(...page.map(({ stylization }) => stylization));
        before = Date.parse(page.at(-1)?.createdAt ?? "");
      }
      expect(found).toHaveLength(250);
      expect(found).toEqual([...new Set(found)].sort().reverse());
      expect(await bench.list(before === undefined ? {} : { before })).toEqual([]);
    }));

  it("are no more than so many: the oldest that wait become dead letters, of the others the oldest go", () =>
    on("many", async (bench) => {
      bench.endpoint = () => status(500);
      const { Outbox } = await import("./outbox.ts");
      const outbox = new Outbox(bench.state.storage.sql);
      for (let count = 1; count <= 5; count++) outbox.add(`msg_${count}`, announcement(), START + count);
      outbox.limit(START + 10, 3);
      const states = () => outbox.list({}).map(({ id, state }) => `${id} ${state}`);
      expect(states()).toEqual([
        "msg_5 pending",
        "msg_4 pending",
        "msg_3 pending",
        "msg_2 dead",
        "msg_1 dead",
      ]);
      expect(outbox.list({ state: "dead" })[0]?.lastError).toBe("More than 3 newer ones are waiting.");
      outbox.limit(START + 20, 1);
      expect(states().filter((state) => state.endsWith("pending"))).toEqual(["msg_5 pending"]);
      expect(states()).toHaveLength(2);
    }));
});

describe("a crash", () => {
  it("between sending and noting it has it sent again, with the same id", () =>
    on("crash", async (bench) => {
      bench.endpoint = () => new Promise(() => {}); // it has arrived, and nobody is there to hear so
      await bench.announce();
      await bench.state.storage.deleteAlarm();
      void bench.webhooks.alarm();
      await vi.waitFor(() => expect(bench.requests).toHaveLength(1));

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
        const isSent = vi.waitFor(() => expect(bench.requests.length).toBeGreaterThan(before));
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

describe("secrets", () => {
  const signers = (bench: Bench, secrets: string[]) => {
    const { headers, body, at } = bench.requests.at(-1) ?? {
      headers: {} as Record<string, string>,
      body: "",
      at: 0,
    };
    const signatures = (headers["webhook-signature"] ?? "").split(" ");
    const time = new Date(Math.floor(at / 1000) * 1000);
    return signatures.map((signature) =>
      secrets.findIndex(
        (secret) => new Webhook(secret).sign(headers["webhook-id"] ?? "", time, body) === signature,
      ),
    );
  };
  const send = async (bench: Bench) => {
    await bench.announce();
    await bench.ring();
  };

  it("are none until one is made", () =>
    runInDurableObject(bindings.WEBHOOKS.getByName("bare"), async (_, state) => {
      const { webhooks } = new Bench(state);
      expect(await webhooks.hasSecret()).toBe(false);
      const made = await webhooks.rotateSecret();
      expect(made).toEqual({
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
        previousUntil: undefined,
      });
      expect(await webhooks.hasSecret()).toBe(true);
    }));

  it("sign beside the one that follows, for a day", () =>
    on("rotation", async (bench) => {
      const one = await bench.webhooks.rotateSecret();
      bench.now += 2 * DAY;
      const two = await bench.webhooks.rotateSecret();
      expect(two.previousUntil).toBe(bench.now + DAY);
      const secrets = [one.secret, two.secret];
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1, 0]);
      bench.restart();
      bench.now += DAY - 1;
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1, 0]);
      bench.now += 1;
      await send(bench);
      expect(signers(bench, secrets)).toEqual([1]);
    }));

  it("sign on where several follow at once, as many as a header has room for", () =>
    on("hasty", async (bench) => {
      const secrets: string[] = [];
      for (let count = 0; count < 10; count++) secrets.push((await bench.webhooks.rotateSecret()).secret);
      await send(bench);
      expect(signers(bench, secrets)).toEqual([9, 8, 7, 6, 5]);
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
  await vi.waitFor(async () => expect(await webhooks.list({ state: "delivered" })).toHaveLength(1));
  expect(await runDurableObjectAlarm(webhooks)).toBe(true); // the one that deletes it
  const log: Record<string, string>[] = await (await fetch("http://hooks.example.com/log/hook")).json();
  expect(log).toHaveLength(1);
  expect(log[0]).toMatchObject({ method: "POST", via: "1.1 stylegate", "content-type": "application/json" });
  expect(log[0]?.["webhook-signature"]).toMatch(/^v1,\S{44}$/);
  expect(JSON.stringify(log)).not.toContain(secret);
});
