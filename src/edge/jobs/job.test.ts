import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import { deliver, HOST, jobOf } from "../../../tests/support/workerd/stylizations.ts";
import { StylizationRequest } from "../../contract/api/stylizations.ts";
import type { Bindings } from "../bindings.ts";
import type { Announcement } from "../webhooks/announcement.ts";
import type { Claim, Creation } from "./answers.ts";
import { begun, LEASE_TIME } from "./course.ts";
import { jobIdOf } from "./id.ts";
import type { Job } from "./job.ts";
import { MOST_LOSSES } from "./retries.ts";
import type { JobRequest, Picture } from "./state.ts";

/** Not before the runtime's own clock, by which alarms would go off at once: they go off when a test says so. */
const NOW = Date.now() + 1000;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

beforeEach(async () => {
  await reset();
  vi.setSystemTime(NOW);
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

/** @param more over a request for two outputs */
async function asked(more: Partial<JobRequest> & { path?: string } = {}): Promise<JobRequest> {
  const { path = "/png", ...rest } = more;
  const { source, outputs } = StylizationRequest.parse({
    source: `${HOST}${path}`,
    outputs: [
      { style: "toon", width: 64 },
      { style: "toon", width: 32, format: "png" },
    ],
  });
  const principal = { owner: "key_a", user: undefined, scopes: new Set(), allowed: {} };
  const id = await jobIdOf(principal as never, undefined);
  const terms = { ttl: 7 * DAY, deadline: HOUR, wait: 0 };
  return {
    ...{ id, hasIdempotencyKey: false, fingerprint: "f", owner: "key_a", source, outputs, terms },
    ...rest,
  };
}

async function made(more: Parameters<typeof asked>[0] = {}, isDrawn = false) {
  const request = await asked(more);
  const creation: Creation = await jobOf(request.id).create(request, isDrawn);
  if (creation.kind !== "created") throw new Error(creation.kind);
  return { id: request.id, job: jobOf(request.id), claim: creation.claim };
}

/** Takes the place of what the object speaks to. */
const instead = (id: string, others: Partial<Record<keyof Bindings, unknown>>) =>
  runInDurableObject(jobOf(id), (job: Job) => {
    const held = job as unknown as { env: Bindings };
    held.env = { ...held.env, ...others } as Bindings;
  });

const stored = async (prefix = "outputs/") =>
  (await bindings.PICTURES.list({ prefix })).objects.map(({ key }) => key);

const statusOf = async (id: string) => (await jobOf(id).read())?.stylization.status;
const alarmOf = (id: string) => runInDurableObject(jobOf(id), (_, state) => state.storage.getAlarm());
const kept = (id: string) =>
  runInDurableObject(jobOf(id), (_, state) => [...state.storage.kv.list()].map(([key]) => key));

const picture = (id = "p"): Picture => ({ id, contentType: "image/png", bytes: 3, sha256: "0".repeat(64) });

async function claimOf(id: string): Promise<Claim> {
  const claim = await jobOf(id).claim();
  if (!claim) throw new Error("there is nothing to draw");
  return claim;
}

describe("messages of the queue", () => {
  it("that come three times at once have everything drawn once", async () => {
    const { id } = await made({ path: "/echo/thrice" });
    const results = await Promise.all([deliver(id), deliver(id), deliver(id)]);
    expect(results.map(({ explicitAcks }) => explicitAcks)).toEqual([["m"], ["m"], ["m"]]);
    expect(await statusOf(id)).toBe("succeeded");
    expect(await stored()).toHaveLength(2);
    expect(await (await fetch(`${HOST}/log/thrice`)).json()).toHaveLength(1);
  });

  it("have nothing drawn by another network than the pinned one, which a deploy has replaced meanwhile", async () => {
    const outputs = [{ style: "toon", version: "00000000" }, { style: "toon" }];
    const { id } = await made({ outputs: StylizationRequest.parse({ source: HOST, outputs }).outputs });
    await deliver(id);
    const [pinned, other] = (await jobOf(id).read())?.stylization.outputs ?? [];
    expect(pinned).toMatchObject({ status: "failed", error: { code: "unknown_version" } });
    expect(other?.status).toBe("succeeded");
    expect(await stored()).toHaveLength(1);
  });

  it("of a stylization that never was are done with", async () => {
    expect((await deliver("A".repeat(22))).explicitAcks).toEqual(["m"]);
  });

  it("come back where the Worker cannot even read its configuration", async () => {
    const { id } = await made();
    const { retryMessages } = await deliver(id, { INFERENCE_TIMEOUT: "long" });
    expect(retryMessages).toEqual([{ msgId: "m" }]);
    expect(await statusOf(id)).toBe("queued");
  });

  it("are sent again by the alarm while nobody comes, and not while somebody draws", async () => {
    const { id } = await made();
    const sent: unknown[] = [];
    await instead(id, { JOB_QUEUE: { send: async (message: unknown) => void sent.push(message) } });
    expect(await alarmOf(id)).toBe(NOW + 30_000);
    pass(30_000);
    expect(await runDurableObjectAlarm(jobOf(id))).toBe(true);
    expect(sent).toEqual([{ job: id }]);
    pass(60_000);
    await runDurableObjectAlarm(jobOf(id));
    expect(sent).toHaveLength(2);
    await claimOf(id);
    pass(LEASE_TIME - 1);
    await runDurableObjectAlarm(jobOf(id));
    expect(sent).toHaveLength(2);
    pass(1);
    await runDurableObjectAlarm(jobOf(id)); // whoever claimed it was not heard of again
    expect(sent).toHaveLength(3);
  });

  it("that cannot be sent do not keep a stylization from being accepted", async () => {
    const request = await asked();
    const away = { send: () => Promise.reject(new Error("the queue is away")) };
    await instead(request.id, { JOB_QUEUE: away });
    expect((await jobOf(request.id).create(request, false)).kind).toBe("created");
    expect(await alarmOf(request.id)).toBe(NOW + 30_000);
  });
});

describe("a lease", () => {
  it("that ran out lets another draw, and nobody takes the first one's reports", async () => {
    const { id, job } = await made();
    const first = await claimOf(id);
    const name = await job.begin(first.ticket, 0);
    expect(name).toMatch(/^[\w-]{22}$/);
    expect(await job.claim()).toBeUndefined();
    pass(LEASE_TIME);
    const second = await claimOf(id);
    expect(await job.renew(first.ticket)).toBe(false);
    expect(await job.pin(first.ticket, "0".repeat(64))).toBe("lost");
    expect(await job.succeed(first.ticket, 0, picture(name))).toBe(false);
    expect(await job.fail(first.ticket, 0, { code: "corrupt_picture", detail: "No." })).toBe(false);
    expect(await job.begin(first.ticket, 1)).toBeUndefined();
    expect(await job.begin(second.ticket, 0)).toMatch(/^[\w-]{22}$/);
    expect((await job.read())?.stylization.outputs[0]?.status).toBe("running");
  });

  it("holds as long as it is renewed", async () => {
    const { id, job } = await made();
    const { ticket } = await claimOf(id);
    for (let time = 0; time < 10; time++) {
      pass(LEASE_TIME - 1);
      expect(await job.renew(ticket)).toBe(true);
    }
  });

  it("whose reports are repeated changes nothing twice", async () => {
    const { id, job } = await made();
    const { ticket } = await claimOf(id);
    const name = (await job.begin(ticket, 0)) ?? "";
    for (let time = 0; time < 3; time++) expect(await job.succeed(ticket, 0, picture(name))).toBe(true);
    expect(await job.begin(ticket, 0)).toBeUndefined();
    const last = (await job.begin(ticket, 1)) ?? "";
    for (let time = 0; time < 3; time++) expect(await job.succeed(ticket, 1, picture(last))).toBe(true);
    expect((await job.read())?.stylization.outputs.map(({ url }) => url)).toEqual([
      `/v1/pictures/${name}`,
      `/v1/pictures/${last}`,
    ]);
  });

  it("lost time and again is taken as the picture's fault", async () => {
    const { id, job } = await made();
    for (let loss = 0; loss < MOST_LOSSES; loss++) {
      const { ticket, outputs } = await claimOf(id);
      expect(outputs.map(({ index }) => index)).toEqual([0, 1]);
      await job.begin(ticket, 0);
      pass(LEASE_TIME);
    }
    expect((await claimOf(id)).outputs.map(({ index }) => index)).toEqual([1]);
    expect((await job.read())?.stylization.outputs[0]?.error?.code).toBe("internal");
  });
});

describe("trouble", () => {
  it("that passes is waited out, with pauses, and the deadline ends it", async () => {
    const { id, job } = await made();
    const away = { INFERENCE_URL: "http://network.example.com/status/503/" };
    await deliver(id, away);
    expect((await job.read())?.stylization.outputs.map(({ status }) => status)).toEqual(["queued", "queued"]);
    const pause = ((await alarmOf(id)) ?? 0) - NOW;
    expect(pause).toBeGreaterThanOrEqual(5_000); // Retry-After of a network that is away
    expect(await job.claim()).toBeUndefined();
    pass(pause);
    await deliver(id, away);
    expect(((await alarmOf(id)) ?? 0) - Date.now()).toBeGreaterThanOrEqual(3_000);
    pass(HOUR);
    await runDurableObjectAlarm(job);
    expect(await statusOf(id)).toBe("running"); // it waits for somebody, which is no trouble
    await deliver(id, away);
    const { status, outputs } = (await job.read())?.stylization ?? {};
    expect([status, outputs?.map(({ error }) => error?.code)]).toEqual([
      "failed",
      ["inference_unavailable", "inference_unavailable"],
    ]);
  });

  it("that is over lets it succeed", async () => {
    const { id, job } = await made();
    await deliver(id, { INFERENCE_URL: "http://network.example.com/status/503/" });
    pass(10_000);
    await deliver(id);
    expect(await statusOf(id)).toBe("succeeded");
    expect((await job.read())?.stylization.outputs.some(({ error }) => error)).toBe(false);
  });

  it("with a source that has become another picture fails what is left, unless nothing was made yet", async () => {
    const { id, job } = await made();
    const { ticket } = await claimOf(id);
    expect(await job.pin(ticket, "a".repeat(64))).toBe("same");
    expect(await job.pin(ticket, "b".repeat(64))).toBe("same");
    await job.succeed(ticket, 0, picture());
    expect(await job.pin(ticket, "b".repeat(64))).toBe("same");
    expect(await job.pin(ticket, "a".repeat(64))).toBe("changed");
  });
});

describe("accounting", () => {
  const counters = (failures = 0) => {
    let left = failures;
    const calls: { announced: Announcement[]; failed: number } = { announced: [], failed: 0 };
    const announce = async (announcement: Announcement) => {
      if (left-- > 0) {
        calls.failed++;
        throw new Error("away");
      }
      calls.announced.push(announcement);
    };
    const forget = async () => {};
    return { calls, WEBHOOKS: { getByName: () => ({ announce, forget, hasSecret: async () => true }) } };
  };

  it("hands its webhook over once, and again until it is taken", async () => {
    const { id, job } = await made({ webhook: "https://app.example.com/hook" });
    const { calls, WEBHOOKS } = counters(3);
    await instead(id, { WEBHOOKS });
    await deliver(id);
    for (let time = 0; time < 6; time++) {
      pass(11 * MINUTE);
      await runDurableObjectAlarm(job);
    }
    expect(calls.failed).toBe(3);
    expect(calls.announced).toHaveLength(1);
    const [{ event, ...rest }] = calls.announced as [Announcement];
    expect(rest).toEqual({ owner: "key_a", stylization: id, url: "https://app.example.com/hook" });
    expect(event).toEqual({
      type: "stylization.succeeded",
      timestamp: (await job.read())?.stylization.finishedAt,
      data: (await job.read())?.stylization,
    });
  });

  it("tells of a cancellation too", async () => {
    const { id, job } = await made({ webhook: "https://app.example.com/hook" });
    const { calls, WEBHOOKS } = counters();
    await instead(id, { WEBHOOKS });
    await job.remove();
    await expect.poll(() => calls.announced.map(({ event }) => event.type)).toEqual(["stylization.canceled"]);
  });
});

describe("a user's record", () => {
  it("is told before a stylization is stored, and when it is deleted", async () => {
    const request = await asked({ user: "u1" });
    const told: string[] = [];
    const record = {
      add: async ({ kind }: { kind: string }) => {
        told.push(`add ${kind}, ${(await kept(request.id)).length} stored`);
      },
      remove: async ({ kind }: { kind: string }) => void told.push(`remove ${kind}`),
    };
    await instead(request.id, { USERS: { getByName: () => record } });
    await jobOf(request.id).create(request, false);
    await deliver(request.id);
    expect(told).toEqual(["add stylization, 0 stored", expect.stringMatching(/^add content/)]);
    await jobOf(request.id).remove();
    await expect.poll(() => told).toHaveLength(3);
    expect(told[2]).toBe("remove stylization");
  });

  it("that is away keeps a stylization from being made", async () => {
    const request = await asked({ user: "u1" });
    const away = { add: () => Promise.reject(new Error("away")), remove: async () => {} };
    await instead(request.id, { USERS: { getByName: () => away } });
    expect(await jobOf(request.id).create(request, false)).toMatchObject({
      kind: "refused",
      trouble: { code: "storage_unavailable" },
    });
    await expect.poll(() => kept(request.id)).toEqual([]);
  });
});

describe("the end", () => {
  it("of a stylization's time deletes it, its pictures and all that is known of it", async () => {
    const { id, job } = await made({ hasIdempotencyKey: true });
    await deliver(id);
    expect(await stored()).toHaveLength(2);
    expect(await alarmOf(id)).toBe(NOW + 7 * DAY);
    pass(7 * DAY);
    await runDurableObjectAlarm(job);
    expect([await job.read(), await stored(), await kept(id), await alarmOf(id)]).toEqual([
      undefined,
      [],
      [],
      null,
    ]);
    expect(await job.find("f")).toBeUndefined(); // and its name is free
  });

  it.each(["expires", "is deleted"])(
    "has its webhook's deliveries forgotten, before its traces: it %s",
    async (how) => {
      const webhook = "https://app.example.com/hook";
      const { id, job } = await made({ webhook, user: "u1" });
      const done: unknown[] = [];
      let isAway = true;
      const forget = async (ids: string[], begunUntil: number) => {
        if (isAway) throw new Error("away");
        done.push("forget", ids, begunUntil);
      };
      const record = {
        add: async () => {},
        remove: async ({ kind }: { kind: string }) => void done.push(kind),
      };
      await instead(id, {
        WEBHOOKS: { getByName: () => ({ announce: async () => {}, forget }) },
        USERS: { getByName: () => record },
      });
      await deliver(id);
      if (how === "expires") pass(7 * DAY);
      if (how === "expires") await runDurableObjectAlarm(job);
      else await job.remove();
      expect(await job.read()).toBeUndefined();
      expect(done).toEqual([]); // neither, while webhooks are away
      isAway = false;
      pass(HOUR);
      await runDurableObjectAlarm(job);
      expect(done).toEqual(["forget", [id], NOW, "stylization"]);
      expect(await kept(id)).toEqual([]);
    },
  );

  it("drops a webhook that is not handed over yet: deleted is deleted", async () => {
    const { id, job } = await made({ webhook: "https://app.example.com/hook" });
    const announced: string[] = [];
    let isAway = true;
    const announce = async () => {
      if (isAway) throw new Error("away");
      announced.push(id);
    };
    await instead(id, { WEBHOOKS: { getByName: () => ({ announce, forget: async () => {} }) } });
    await deliver(id);
    await job.remove();
    isAway = false;
    pass(HOUR);
    await runDurableObjectAlarm(job);
    expect([announced, await kept(id)]).toEqual([[], []]);
  });

  it("comes at once where it is erased, whatever it is doing; what is stored late is swept", async () => {
    const { id, job } = await made({ hasIdempotencyKey: true });
    const { ticket } = await claimOf(id);
    const name = (await job.begin(ticket, 0)) ?? "";
    await job.succeed(ticket, 0, picture(name));
    await bindings.PICTURES.put(`outputs/${name}`, "one");
    const late = (await job.begin(ticket, 1)) ?? "";
    expect(await job.erase()).toEqual({ pictures: 1 });
    expect([await job.read(), await stored(), await job.erase()]).toEqual([undefined, [], undefined]);
    expect(await job.succeed(ticket, 1, picture(late))).toBe(false);
    await bindings.PICTURES.put(`outputs/${late}`, "two"); // by whoever died before hearing that
    pass(2 * HOUR);
    await runDurableObjectAlarm(job);
    expect(await stored()).toEqual([]);
    expect(await job.find("f")).toEqual({ kind: "mismatch", isDeleted: true });
    pass(7 * DAY);
    await runDurableObjectAlarm(job);
    expect(await kept(id)).toEqual([]);
  });

  it("waits for a storage that is away", async () => {
    const { id, job } = await made();
    await deliver(id);
    let isAway = true;
    const bucket = {
      delete: (keys: string[]) =>
        isAway ? Promise.reject(new Error("away")) : bindings.PICTURES.delete(keys),
    };
    await instead(id, { PICTURES: bucket });
    pass(7 * DAY);
    await runDurableObjectAlarm(job);
    expect(await stored()).toHaveLength(2);
    expect(await statusOf(id)).toBe("succeeded");
    isAway = false;
    pass(MINUTE);
    expect(await runDurableObjectAlarm(job)).toBe(true);
    expect([await stored(), await kept(id)]).toEqual([[], []]);
  });

  it("of one whose making broke off comes by itself, and it never was", async () => {
    const request = await asked();
    const job = jobOf(request.id);
    await runInDurableObject(job, async (_, { storage }) => {
      storage.kv.put("job", begun(request, "w", NOW));
      await storage.setAlarm(NOW + MINUTE);
    });
    expect([await job.read(), await job.claim()]).toEqual([undefined, undefined]);
    pass(MINUTE);
    await runDurableObjectAlarm(job);
    await expect.poll(() => kept(request.id)).toEqual([]);
  });
});

describe("creating", () => {
  it("one twice at once makes one", async () => {
    const request = await asked({ hasIdempotencyKey: true });
    const job = jobOf(request.id);
    const creations = await Promise.all([1, 2, 3].map(() => job.create(request, false)));
    expect(creations.map(({ kind }) => kind).sort()).toEqual(["created", "there", "there"]);
    const other = await job.create({ ...request, fingerprint: "g" }, false);
    expect(other).toEqual({ kind: "mismatch", isDeleted: false });
  });

  it("one at a time, where the first of three is refused", async () => {
    const id = "J".repeat(22);
    const requests = await Promise.all(
      ["f", "g", "h"].map((fingerprint) => asked({ id, hasIdempotencyKey: true, user: "u", fingerprint })),
    );
    const reserved: string[] = [];
    const settled: string[] = [];
    let calls = 0;
    const add = async () => {
      if (calls++ === 0) throw new Error("away for a moment");
    };
    const reserve = async (work: string) => {
      reserved.push(work);
      return { kind: "reserved", limits: {} };
    };
    const settle = async (work: string) => void settled.push(work);
    await instead(id, {
      USERS: { getByName: () => ({ add, remove: async () => {} }) },
      API_KEYS: { getByName: () => ({ reserve, settle }) },
    });
    const creations = await runInDurableObject(jobOf(id), (job: Job) =>
      Promise.all(requests.map((request) => job.create(request, true))),
    );
    expect(creations.map(({ kind }) => kind)).toEqual(["refused", "created", "mismatch"]);
    expect(reserved).toHaveLength(1);
    expect(settled).not.toContain(reserved[0]);
  });

  it("one anew by the name of one that has expired, before that was swept", async () => {
    const { id, job } = await made({ hasIdempotencyKey: true });
    await deliver(id);
    const before = await stored();
    pass(7 * DAY - 1);
    expect(await job.find("f")).toMatchObject({ kind: "there" });
    pass(1);
    expect(await job.find("f")).toBeUndefined();
    const creation = await job.create(await asked({ id, hasIdempotencyKey: true, fingerprint: "g" }), false);
    expect(creation).toMatchObject({ kind: "created", stylization: { status: "queued" } });
    expect(before).toHaveLength(2);
    expect(await stored()).toEqual([]);
  });

  it("one that takes longer than its alarm is not asked about without a pause", async () => {
    const request = await asked({ user: "u" });
    const job = jobOf(request.id);
    const { promise, resolve } = Promise.withResolvers<object>();
    const reserve = () => promise;
    await instead(request.id, { API_KEYS: { getByName: () => ({ reserve }) } });
    const creating = job.create(request, false);
    await expect.poll(() => alarmOf(request.id)).toBe(NOW + MINUTE);
    pass(2 * MINUTE);
    await runDurableObjectAlarm(job);
    expect(await alarmOf(request.id)).toBe(NOW + 2 * MINUTE + 5_000);
    resolve({ kind: "reserved", limits: {} });
    expect((await creating).kind).toBe("created");
  });

  it("one that is drawn by whoever asks claims it for them", async () => {
    const { id, claim } = await made({}, true);
    expect(claim?.outputs.map(({ index }) => index)).toEqual([0, 1]);
    expect(await jobOf(id).claim()).toBeUndefined();
    expect(await statusOf(id)).toBe("running");
  });
});
