import { afterEach, describe, expect, it, vi } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import { ADMIN_SECRET, askJson, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import type { Usage } from "../../contract/api/keys.ts";
import { ProblemError } from "../../contract/problem.ts";
import { countUpload, reserve, settle } from "./quotas.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** In the middle of a minute, a day and a month. */
const NOON = Date.UTC(2027, 2, 15, 12, 0, 30);

const at = (now: number) => vi.spyOn(Date, "now").mockReturnValue(now);

afterEach(() => vi.restoreAllMocks());

const usageOf = async (id: string, month = ""): Promise<Usage> =>
  (await askJson(`/v1/keys/${id}/usage${month && `?month=${month}`}`, ADMIN_SECRET)).json();

const statuses = async (key: string, times: number) => {
  const answers = await Promise.all(Array.from({ length: times }, () => askJson("/v1/usage", key)));
  return answers.map(({ status }) => status);
};
const count = (all: number[], status: number) => all.filter((one) => one === status).length;

/** What it is refused with; undefined where it is not. */
const codeOf = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof ProblemError ? error.code : error),
  );

describe("requests of a minute", () => {
  it("are exactly as many as the key has, of 200 at once", async () => {
    at(NOON);
    const { id, key } = await makeKey({ quotas: { perMinute: 50 } });
    const all = await statuses(key, 200);
    expect([count(all, 200), count(all, 429)]).toEqual([50, 150]);
    expect(await usageOf(id)).toMatchObject({ requests: 50, refused: 150 });
  });

  it("are shared by a key and its tokens", async () => {
    at(NOON);
    const { key } = await makeKey({ quotas: { perMinute: 21 } });
    const token = await makeToken(key); // the first of them
    const all = (await Promise.all([key, token, "x"].map((text) => fetchImages(text, 20)))).flat();
    expect([count(all, 404), count(all, 429), count(all, 401)]).toEqual([20, 20, 20]);
  });

  /** What only a token or a key is asked for: an upload that is not there. */
  const fetchImages = async (text: string, times: number) => {
    const path = `/image/style=toon/upload:${"A".repeat(22)}`;
    const answers = await Promise.all(Array.from({ length: times }, () => askJson(path, text)));
    return answers.map(({ status }) => status);
  };

  it("begin anew with the minute of the clock, and not a millisecond before", async () => {
    const start = NOON - (NOON % MINUTE);
    at(start + MINUTE - 1);
    const { key } = await makeKey({ quotas: { perMinute: 2 } });
    expect(count(await statuses(key, 3), 429)).toBe(1);
    const refused = await askJson("/v1/usage", key);
    expect(refused.headers.get("Retry-After")).toBe("1");
    at(start + MINUTE);
    expect(count(await statuses(key, 3), 429)).toBe(1);
    at(start + MINUTE + 1000);
    expect((await askJson("/v1/usage", key)).headers.get("Retry-After")).toBe("59");
  });

  it("are told with each answer, whatever it is", async () => {
    at(NOON);
    const { key } = await makeKey({ scopes: ["upload"], quotas: { perMinute: 3, perMonth: 7 } });
    const told = async (path: string) => {
      const answer = await askJson(path, key);
      return [answer.status, answer.headers.get("RateLimit-Policy"), answer.headers.get("RateLimit")];
    };
    const policy = '"minute";q=3;w=60, "month";q=7;qu="pictures"';
    const rest = (Date.UTC(2027, 3, 1) - NOON) / 1000;
    const limit = (left: number) => `"minute";r=${left};t=30, "month";r=7;t=${rest}`;
    expect(await told("/v1/usage")).toEqual([200, policy, limit(2)]);
    expect(await told("/v1/keys")).toEqual([403, policy, limit(1)]);
    expect(await told("/v1/usage?month=x")).toEqual([400, policy, limit(0)]);
    expect(await told("/v1/usage")).toEqual([429, policy, limit(0)]);
  });

  it("are told of no key without a quota", async () => {
    const { key } = await makeKey();
    expect((await askJson("/v1/usage", key)).headers.has("RateLimit-Policy")).toBe(false);
  });
});

describe("pictures of a month", () => {
  it("are exactly as many as the key has, of 60 works at once", async () => {
    const { id } = await makeKey({ quotas: { perMonth: 50 } });
    const works = Array.from({ length: 60 }, (_, at) => `work-${at}`);
    const codes = await Promise.all(works.map((work) => codeOf(reserve(bindings, id, work, 2))));
    expect(codes.filter((code) => code === undefined)).toHaveLength(25);
    expect(codes.filter((code) => code === "quota_exceeded")).toHaveLength(35);
    expect(await usageOf(id)).toMatchObject({ reserved: 50, pictures: 0, refused: 35 });
  });

  it("count once, however often a work is reserved and settled, at the same time or not", async () => {
    const { id } = await makeKey({ quotas: { perMonth: 10 } });
    await Promise.all(Array.from({ length: 9 }, () => reserve(bindings, id, "job", 8)));
    expect(await usageOf(id)).toMatchObject({ reserved: 8, pictures: 0 });
    await Promise.all(Array.from({ length: 9 }, () => settle(bindings, id, "job", 5)));
    expect(await usageOf(id)).toMatchObject({ reserved: 0, pictures: 5 });
    await settle(bindings, id, "job", 8); // by somebody who does not know that it is
    expect(await usageOf(id)).toMatchObject({ reserved: 0, pictures: 5 });
  });

  it("that were not made are given back", async () => {
    const { id } = await makeKey({ quotas: { perMonth: 2 } });
    await reserve(bindings, id, "fails", 2);
    expect(await codeOf(reserve(bindings, id, "next", 1))).toBe("quota_exceeded");
    await settle(bindings, id, "fails", 0);
    expect(await codeOf(reserve(bindings, id, "next", 2))).toBeUndefined();
  });

  it("of a work that nobody reserved count nothing", async () => {
    const { id } = await makeKey();
    await settle(bindings, id, "unheard-of", 7);
    expect(await usageOf(id)).toMatchObject({ reserved: 0, pictures: 0 });
  });

  it("are held for a day for a work that is never settled, however often it reserves them", async () => {
    at(NOON);
    const { id } = await makeKey({ quotas: { perMonth: 1 } });
    const isHeld = async () => (await codeOf(reserve(bindings, id, "other", 1))) === "quota_exceeded";
    await reserve(bindings, id, "lives", 1);
    at(NOON + 23 * HOUR);
    await reserve(bindings, id, "lives", 1);
    expect(await isHeld()).toBe(true);
    at(NOON + 24 * HOUR);
    expect(await isHeld()).toBe(false);
    await settle(bindings, id, "lives", 1); // it lived after all: what was made, was made
    expect(await usageOf(id)).toMatchObject({ pictures: 1 });
  });

  it("are the month's in which they were reserved, to the millisecond", async () => {
    const april = Date.UTC(2027, 3, 1);
    at(april - 1);
    const { id } = await makeKey({ quotas: { perMonth: 3 } });
    await reserve(bindings, id, "march", 3);
    const refused = reserve(bindings, id, "late", 1);
    await expect(refused).rejects.toMatchObject({ code: "quota_exceeded", retryAfter: 1 });
    at(april);
    await reserve(bindings, id, "april", 3);
    await settle(bindings, id, "march", 3);
    await settle(bindings, id, "april", 2);
    expect(await usageOf(id)).toMatchObject({ month: "2027-04", pictures: 2, reserved: 0 });
    expect(await usageOf(id, "2027-03")).toMatchObject({
      month: "2027-03",
      pictures: 3,
      days: [expect.objectContaining({ day: "2027-03-31", pictures: 3, refused: 1 })],
    });
    expect(await codeOf(reserve(bindings, id, "more", 2))).toBe("quota_exceeded");
  });

  it("are never enough where there are none", async () => {
    const { id } = await makeKey({ quotas: { perMonth: 0 } });
    expect(await codeOf(reserve(bindings, id, "work", 1))).toBe("quota_exceeded");
  });

  it("are counted of those who have no quota, too", async () => {
    await reserve(bindings, "operator", "work", 4);
    await settle(bindings, "operator", "work", 3);
    expect(await (await askJson("/v1/usage", ADMIN_SECRET)).json()).toMatchObject({
      key: "operator",
      pictures: 3,
    });
  });
});

describe("a quota that is changed", () => {
  it("is in force with the next request, for what was used before as well", async () => {
    at(NOON);
    const { id, key } = await makeKey({ quotas: { perMinute: 5 } });
    const change = (quotas: object) =>
      askJson(`/v1/keys/${id}`, ADMIN_SECRET, { quotas }, { method: "PATCH" });
    expect(count(await statuses(key, 6), 429)).toBe(1);
    await change({ perMinute: 8 });
    expect(count(await statuses(key, 6), 429)).toBe(3);
    await change({});
    expect(count(await statuses(key, 6), 429)).toBe(0);
  });
});

describe("usage", () => {
  it("tells each day and their sum, and uploads once", async () => {
    at(NOON);
    const { id, key } = await makeKey();
    await statuses(key, 3);
    await Promise.all([1, 2, 3].map(() => countUpload(bindings, id, "A".repeat(22), 1000)));
    at(NOON + DAY);
    await statuses(key, 2);
    await countUpload(bindings, id, "A".repeat(22), 1000); // completed again
    await countUpload(bindings, id, "B".repeat(22), 500);
    expect(await usageOf(id)).toEqual({
      key: id,
      month: "2027-03",
      quotas: {},
      reserved: 0,
      requests: 5,
      refused: 0,
      uploads: 2,
      uploadBytes: 1500,
      pictures: 0,
      days: [
        { day: "2027-03-15", requests: 3, refused: 0, uploads: 1, uploadBytes: 1000, pictures: 0 },
        { day: "2027-03-16", requests: 2, refused: 0, uploads: 1, uploadBytes: 500, pictures: 0 },
      ],
    });
  });

  it("is kept for a year", async () => {
    at(NOON);
    const { id, key } = await makeKey();
    await statuses(key, 1);
    at(NOON + 365 * DAY);
    await statuses(key, 1);
    expect(await usageOf(id, "2027-03")).toMatchObject({ requests: 1 });
    at(NOON + 401 * DAY);
    await statuses(key, 1);
    expect(await usageOf(id, "2027-03")).toMatchObject({ requests: 0, days: [] });
  });
});
