import { abortAllDurableObjects, reset } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ADMIN_SECRET } from "../../../tests/support/admin-secret.ts";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import { askJson, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import type { Key, NewKey } from "../../contract/api/keys.ts";
import type { Bindings } from "../bindings.ts";

const HOUR = 3_600_000;

afterEach(() => vi.restoreAllMocks());

const change = (id: string, patch: object) =>
  askJson(`/v1/keys/${id}`, ADMIN_SECRET, patch, { method: "PATCH" });
const revoke = (id: string) => askJson(`/v1/keys/${id}`, ADMIN_SECRET, undefined, { method: "DELETE" });
const rotate = (id: string) => askJson(`/v1/keys/${id}/rotate`, ADMIN_SECRET, undefined, { method: "POST" });
const read = async (id: string) => (await askJson(`/v1/keys/${id}`, ADMIN_SECRET)).json<Key>();
const statusOf = async (key: string) => (await askJson("/v1/usage", key)).status;

/** All that is stored of keys, as whoever has a copy of it sees it. */
async function everythingStored(id: string): Promise<string> {
  const { runInDurableObject } = await import("cloudflare:test");
  return runInDurableObject(bindings.API_KEYS.getByName(id), (_, { storage: { sql } }) => {
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray();
    return JSON.stringify(
      tables
        .filter(({ name }) => !name.startsWith("_cf"))
        .map(({ name }) => sql.exec(`SELECT * FROM ${name}`).toArray()),
    );
  });
}

describe("POST /v1/keys", () => {
  it("shows the key this once, and keeps a hash", async () => {
    const answer = await askJson("/v1/keys", ADMIN_SECRET, {
      name: "iOS app",
      scopes: ["transform"],
      sources: ["photos.example.com", "*.example.org/public"],
      webhooks: [],
      styles: ["toon"],
      quotas: { perMinute: 60 },
    });
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    const { key, ...told } = await answer.json<NewKey>();
    expect(key).toMatch(/^sg_[A-Za-z0-9]{12}_[A-Za-z0-9]{43}$/);
    expect(told).toEqual({
      id: `key_${key.slice(3, 15)}`,
      name: "iOS app",
      scopes: ["transform"],
      sources: ["photos.example.com", "*.example.org/public"],
      webhooks: [],
      styles: ["toon"],
      quotas: { perMinute: 60 },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(await read(told.id)).toEqual(told);
    const stored = await everythingStored(told.id);
    expect(stored).toContain("iOS app");
    expect(stored).not.toContain(key.slice(16));
  });

  it.each([
    [{}, "/name"],
    [{ name: "" }, "/name"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["everything"] }, "/scopes/0"],
    [{ sources: ["https://example.com"] }, "/sources/0"],
    [{ sources: ["example.com", "a.example, b.example"] }, "/sources/1"],
    [{ webhooks: ["exa mple"] }, "/webhooks/0"],
    [{ styles: ["nobody"] }, "/styles/0"],
    [{ quotas: { perMinute: -1 } }, "/quotas/perMinute"],
    [{ quotas: { perDay: 1 } }, "/quotas/perDay"],
    [{ expiresAt: "2020-01-01T00:00:00.000Z" }, "/expiresAt"],
    [{ expiresAt: "tomorrow" }, "/expiresAt"],
    [{ secret: "mine" }, "/secret"],
  ])("refuses %j and says where it is wrong", async (request, pointer) => {
    const whole = Object.keys(request).length === 0 ? {} : { name: "x", scopes: ["upload"], ...request };
    const answer = await askJson("/v1/keys", ADMIN_SECRET, whole);
    expect(answer.status).toBe(400);
    const { errors } = await answer.json<{ errors: { pointer: string }[] }>();
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it("takes JSON alone, and no more than 64 KiB of it", async () => {
    const headers = { Authorization: `Bearer ${ADMIN_SECRET}`, "Content-Type": "text/plain" };
    const text = new TextEncoder().encode('{"name":"x","scopes":["upload"]}');
    expect((await ask("/v1/keys", { method: "POST", headers, body: text, env: KEYS })).status).toBe(415);
    expect((await askJson("/v1/keys", ADMIN_SECRET, { name: "x".repeat(70_000) })).status).toBe(413);
  });

  it("that broke off between the ring and the key leaves a key that is none, and does not stop the others", async () => {
    await reset();
    const lost = async () => {
      throw new Error("lost");
    };
    const away = { getByName: () => ({ create: lost, count: lost }) };
    const env = { API_KEYS: away as unknown as Bindings["API_KEYS"] };
    const broken = await askJson("/v1/keys", ADMIN_SECRET, { name: "x", scopes: ["upload"] }, { env });
    expect(broken.status).toBe(503);
    const { id } = await makeKey();
    const { keys } = await (await askJson("/v1/keys", ADMIN_SECRET)).json<{ keys: Key[] }>();
    expect(keys.map((key) => key.id)).toEqual([id]);
  });
});

describe("GET /v1/keys", () => {
  it("lists all, the newest first, with when they were used, and without their secrets", async () => {
    await reset();
    const now = Date.UTC(2026, 10, 29, 12, 0, 59, 999);
    vi.spyOn(Date, "now").mockReturnValue(now);
    const first = await makeKey({ name: "first" });
    vi.mocked(Date.now).mockReturnValue(now + HOUR);
    await makeKey({ name: "second" });
    await askJson("/v1/usage", first.key);
    const answer = await askJson("/v1/keys", ADMIN_SECRET);
    const { keys } = await answer.json<{ keys: Key[] }>();
    expect(keys.map(({ name, lastUsedAt }) => [name, lastUsedAt])).toEqual([
      ["second", undefined],
      ["first", "2026-11-29T13:00:00.000Z"],
    ]);
    expect(JSON.stringify(keys)).not.toContain(first.key.slice(16));
  });

  it("comes in pages, which leave none out and repeat none, keys of one millisecond included", async () => {
    await reset();
    vi.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 10, 29, 12));
    const made = await Promise.all(Array.from({ length: 5 }, () => makeKey()));
    vi.mocked(Date.now).mockReturnValue(Date.UTC(2026, 10, 29, 13));
    const { id: newest } = await makeKey();
    const pages: string[][] = [];
    for (let before = ""; pages.length < 9; ) {
      const answer = await askJson(`/v1/keys?limit=2${before && `&before=${before}`}`, ADMIN_SECRET);
      const { keys, next } = await answer.json<{ keys: Key[]; next?: string }>();
      pages.push(keys.map(({ id }) => id));
      if (next === undefined) break;
      before = next;
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(pages[0]?.[0]).toBe(newest);
    expect(pages.flat().sort()).toEqual([newest, ...made.map(({ id }) => id)].sort());
  });

  it("says so where the page's key is none, and takes no page beyond a hundred", async () => {
    const absent = await askJson("/v1/keys?before=key_AAAAAAAAAAAA", ADMIN_SECRET);
    expect(absent.status).toBe(404);
    for (const limit of ["0", "101", "x"])
      expect((await askJson(`/v1/keys?limit=${limit}`, ADMIN_SECRET)).status).toBe(400);
  });

  it("is for those who have the scope admin, of whom there may be keys", async () => {
    const { key } = await makeKey({ scopes: ["admin"] });
    expect((await askJson("/v1/keys", key)).status).toBe(200);
  });
});

describe("PATCH /v1/keys/{id}", () => {
  it("changes what it names, and takes away what is null", async () => {
    const { id } = await makeKey({ name: "before", sources: ["a.example"], styles: ["toon"] });
    const answer = await change(id, { name: "after", sources: null, styles: [], quotas: { perMonth: 5 } });
    expect(answer.status).toBe(200);
    const key = await read(id);
    expect(await answer.json()).toEqual(key);
    expect(key).toMatchObject({
      id,
      name: "after",
      styles: [],
      quotas: { perMonth: 5 },
      scopes: ["transform", "upload"],
    });
    expect(key).not.toHaveProperty("sources");
  });

  it("cannot change what a key is known by", async () => {
    const { id } = await makeKey();
    for (const patch of [
      { id: "key_AAAAAAAAAAAA" },
      { createdAt: "2020-01-01T00:00:00.000Z" },
      { revokedAt: null },
    ])
      expect((await change(id, patch)).status, JSON.stringify(patch)).toBe(400);
  });
});

describe("POST /v1/keys/{id}/rotate", () => {
  it("has both secrets hold for an hour, and the new one alone from then on", async () => {
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { id, key: old } = await makeKey();
    const answer = await rotate(id);
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    const { key } = await answer.json<NewKey>();
    expect(key.slice(0, 16)).toBe(old.slice(0, 16));
    expect(key).not.toBe(old);
    vi.mocked(Date.now).mockReturnValue(now + HOUR - 1);
    expect([await statusOf(old), await statusOf(key)]).toEqual([200, 200]);
    vi.mocked(Date.now).mockReturnValue(now + HOUR);
    expect([await statusOf(old), await statusOf(key)]).toEqual([401, 200]);
  });

  it("ends the one before the last at once", async () => {
    const { id, key: first } = await makeKey();
    const { key: second } = await (await rotate(id)).json<NewKey>();
    const { key: third } = await (await rotate(id)).json<NewKey>();
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
  });
});

describe("a token of a key whose secret is replaced", () => {
  const isIn = async (token: string) =>
    (await askJson(`/image/style=toon/upload:${"A".repeat(22)}`, token)).status === 404;
  const rotated = async (id: string) => (await (await rotate(id)).json<NewKey>()).key;

  it("ends with the secret that minted it, though that minted it last", async () => {
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { id, key } = await makeKey();
    const before = await makeToken(key, { expiresIn: 86_400 });
    const key2 = await rotated(id);
    vi.mocked(Date.now).mockReturnValue(now + HOUR - 1);
    const late = await makeToken(key, { expiresIn: 86_400 });
    const own = await makeToken(key2, { expiresIn: 86_400 });
    expect([await isIn(before), await isIn(late), await isIn(own)]).toEqual([true, true, true]);
    vi.mocked(Date.now).mockReturnValue(now + HOUR);
    expect([await isIn(before), await isIn(late), await isIn(own)]).toEqual([false, false, true]);
    const answer = await askJson("/v1/usage", late);
    expect(answer.status).toBe(401);
    expect((await answer.json<{ detail: string }>()).detail).toMatch(/replaced: mint another/);
  });

  it("ends at once where it is replaced twice", async () => {
    const { id, key } = await makeKey();
    const stolen = await makeToken(key, { expiresIn: 86_400 });
    const own = await makeToken(await rotated(id));
    expect([await isIn(stolen), await isIn(own)]).toEqual([true, true]);
    await rotated(id);
    expect([await isIn(stolen), await isIn(own)]).toEqual([false, true]);
  });
});

describe("DELETE /v1/keys/{id}", () => {
  it("ends the key and both its secrets at once, for ever, and may be repeated", async () => {
    const { id, key: old } = await makeKey();
    const { key } = await (await rotate(id)).json<NewKey>();
    await statusOf(key);
    const { revokedAt } = await (await revoke(id)).json<Key>();
    expect(revokedAt).toEqual(expect.any(String));
    expect([await statusOf(old), await statusOf(key)]).toEqual([401, 401]);
    expect((await (await revoke(id)).json<Key>()).revokedAt).toBe(revokedAt);
    for (const answer of [await rotate(id), await change(id, { name: "again" })]) {
      expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([409, "key_revoked"]);
    }
    const usage = await askJson(`/v1/keys/${id}/usage`, ADMIN_SECRET);
    expect(await usage.json()).toMatchObject({ requests: 1 }); // stays to be read
  });
});

describe("a key that there is not", () => {
  const id = "key_AAAAAAAAAAAA";
  it.each([
    ["GET", ""],
    ["DELETE", ""],
    ["POST", "/rotate"],
    ["GET", "/usage"],
  ])("is not found: %s /v1/keys/{id}%s", async (method, rest) => {
    const answer = await askJson(`/v1/keys/${id}${rest}`, ADMIN_SECRET, undefined, { method });
    expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([404, "key_not_found"]);
  });

  it("is not found to be changed", async () => expect((await change(id, { name: "x" })).status).toBe(404));

  it.each(["key_short", "operator", "local", "key_AAAAAAAAAAA-", "sg_AAAAAAAAAAAA"])(
    "nor can be: %s",
    async (name) => {
      expect((await askJson(`/v1/keys/${name}`, ADMIN_SECRET)).status).toBe(400);
    },
  );

  it("leaves nothing in the storage, however many are tried", async () => {
    await askJson("/v1/usage", `sg_BBBBBBBBBBBB_${"0".repeat(43)}`);
    expect(await everythingStored("key_BBBBBBBBBBBB")).toBe("[]");
  });
});

describe("what is known of a key", () => {
  it("outlives its object", async () => {
    const now = Date.UTC(2027, 2, 15, 12, 0, 30);
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { id, key } = await makeKey({ quotas: { perMinute: 2 } });
    await statusOf(key);
    await abortAllDurableObjects();
    expect(await statusOf(key)).toBe(200);
    await abortAllDurableObjects();
    expect(await statusOf(key)).toBe(429);
    expect(await read(id)).toMatchObject({ id, quotas: { perMinute: 2 } });
  });

  it("is asked for before anybody is let in: nobody is, where it cannot be reached", async () => {
    const { key } = await makeKey();
    const away = { getByName: () => ({ enter: () => Promise.reject(new Error("away")) }) };
    const env = { API_KEYS: away as unknown as Bindings["API_KEYS"] };
    expect((await askJson("/v1/usage", key, undefined, { env })).status).toBe(503);
  });
});
