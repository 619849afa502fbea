import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import photo from "../../../tests/fixtures/pictures/rgb.png?bytes";
import { ADMIN_SECRET } from "../../../tests/support/admin-secret.ts";
import { ask, bindings, codeOf } from "../../../tests/support/workerd/ask.ts";
import { askJson, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { deliver, HOST, OUTPUTS, of, PAINTER, PATH } from "../../../tests/support/workerd/stylizations.ts";
import type { Usage } from "../../contract/api/keys.ts";

beforeEach(() => reset());

const as = (key: string, path = PATH, more: Parameters<typeof ask>[1] = {}) =>
  ask(path, {
    ...more,
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}`, ...more.headers },
    env: { ...KEYS, ...PAINTER, ...more.env },
  });

const post = (key: string, request: unknown, headers = {}) =>
  as(key, PATH, { method: "POST", headers, body: new TextEncoder().encode(JSON.stringify(request)) });

const request = { source: `${HOST}/png`, outputs: OUTPUTS };

describe("a stylization is its owner's and user's alone:", () => {
  it("to others it does not exist, whatever they ask of it", async () => {
    const [one, other] = await Promise.all([makeKey({}), makeKey({})]);
    const mine = await makeToken(one.key, { user: "u1" });
    const { id, user } = await of(await post(mine, request));
    expect(user).toBe("u1");
    const foreign = [
      other.key,
      await makeToken(one.key, { user: "u2" }),
      await makeToken(other.key, { user: "u1" }),
    ];
    for (const key of foreign) {
      for (const [path, method] of [
        [`${PATH}/${id}`, "GET"],
        [`${PATH}/${id}/events`, "GET"],
        [`${PATH}/${id}`, "DELETE"],
      ] as const)
        expect(await codeOf(await as(key, path, { method }))).toBe("stylization_not_found");
    }
    expect((await as(one.key, `${PATH}/${id}`)).status).toBe(200); // the back end sees what its apps make
    expect((await as(mine, `${PATH}/${id}`)).status).toBe(200);
  });

  it("whoever sends its photo along may upload, and draw, or nothing is stored", async () => {
    const form = new FormData();
    form.set("file", new Blob([photo]));
    form.set("request", JSON.stringify({ outputs: OUTPUTS }));
    const sent = new Response(form);
    const headers = { "Content-Type": sent.headers.get("Content-Type") ?? "" };
    const body = await sent.bytes();
    const keys = await Promise.all([
      makeKey({ scopes: ["transform"] }),
      makeKey({ scopes: ["upload"] }),
      makeKey({ scopes: ["transform", "upload"] }),
    ]);
    const [drawing, uploading, both] = keys.map(
      ({ key }) =>
        () =>
          as(key, PATH, { method: "POST", headers, body }),
    );
    for (const send of [drawing, uploading]) {
      const refused = await send?.();
      expect(refused?.headers.get("WWW-Authenticate")).toContain('error="insufficient_scope"');
      expect(refused && (await codeOf(refused))).toBe("forbidden");
    }
    expect((await bindings.PICTURES.list()).objects).toEqual([]);
    expect((await both?.())?.status).toBe(200);
  });

  it("nor is anything of it told by its Idempotency-Key", async () => {
    const [one, other] = await Promise.all([makeKey({}), makeKey({})]);
    const name = { "Idempotency-Key": "1" };
    const all = [
      one.key,
      other.key,
      await makeToken(one.key, { user: "u1" }),
      await makeToken(one.key, { user: "u2" }),
    ];
    const ids = await Promise.all(all.map(async (key) => (await of(await post(key, request, name))).id));
    expect(new Set(ids).size).toBe(4);
  });

  it("made of an upload of somebody else it cannot be", async () => {
    const [one, other] = await Promise.all([makeKey({}), makeKey({})]);
    const uploaded = await as(one.key, "/v1/uploads?user=u1", {
      method: "POST",
      body: photo,
      headers: { "Content-Type": "image/png" },
    });
    const { id } = (await uploaded.json()) as { id: string };
    const of = { source: `upload:${id}`, outputs: OUTPUTS };
    expect(await codeOf(await post(other.key, of))).toBe("upload_not_found");
    expect(await codeOf(await post(await makeToken(one.key, { user: "u2" }), of))).toBe("upload_not_found");
    expect((await post(await makeToken(one.key, { user: "u1" }), of)).status).toBe(200);
  });
});

describe("a user who is erased", () => {
  it("takes their stylizations and pictures along, made or not, and nobody else's", async () => {
    const { key } = await makeKey({});
    const [token, other] = await Promise.all(["u1", "u2"].map((user) => makeToken(key, { user })));
    const made = await of(await post(token ?? "", request));
    const queued = await of(await post(token ?? "", request, { Prefer: "respond-async" }));
    const theirs = await of(await post(other ?? "", request));
    const held = (await (await as(key, "/v1/users/u1")).json()) as { stylizations: string[] };
    expect(held.stylizations.sort()).toEqual([made.id, queued.id].sort());
    const erased = await as(key, "/v1/users/u1", { method: "DELETE" });
    expect(await erased.json()).toMatchObject({ stylizations: 2, pictures: 1 });
    for (const { id } of [made, queued])
      expect(await codeOf(await as(key, `${PATH}/${id}`))).toBe("stylization_not_found");
    expect((await ask(made.outputs[0]?.url ?? "")).status).toBe(404);
    expect((await deliver(queued.id)).explicitAcks).toEqual(["m"]); // its message finds nothing
    expect((await as(key, `${PATH}/${theirs.id}`)).status).toBe(200);
    expect((await ask(theirs.outputs[0]?.url ?? "")).status).toBe(200);
  });
});

describe("a key's lists and quotas hold:", () => {
  it.each([
    [{ styles: ["toon"] }, { ...request, outputs: [{ style: "handdrawn" }] }, "style_not_allowed"],
    [{ sources: ["other.example.com"] }, request, "source_not_allowed"],
  ])("%j refuses %j: %s", async (lists, asked, code) => {
    const { key } = await makeKey(lists);
    expect(await codeOf(await post(key, asked))).toBe(code);
  });

  it("a token's user cannot be another's", async () => {
    const { key } = await makeKey({});
    const token = await makeToken(key, { user: "u1" });
    expect(await codeOf(await post(token, { ...request, user: "u2" }))).toBe("forbidden");
  });

  it("pictures count once they are made, those that failed do not, and nothing goes beyond the quota", async () => {
    const { id, key } = await makeKey({ quotas: { perMonth: 3 } });
    const usage = async (): Promise<Usage> => (await askJson(`/v1/keys/${id}/usage`, ADMIN_SECRET)).json();
    const two = { ...request, outputs: [OUTPUTS[0], { style: "toon", width: 20 }] };
    const name = { "Idempotency-Key": "paid-once" };
    expect((await of(await post(key, two, name))).status).toBe("succeeded");
    await post(key, two, name);
    expect(await usage()).toMatchObject({ pictures: 2, reserved: 0 });
    const beyond = await post(key, two);
    expect([beyond.status, await codeOf(beyond)]).toEqual([429, "quota_exceeded"]);
    expect(Number(beyond.headers.get("Retry-After"))).toBeGreaterThan(0);
    const broken = await of(await post(key, { ...request, source: `${HOST}/status/404` }));
    expect(broken.status).toBe("failed");
    expect(await usage()).toMatchObject({ pictures: 2, reserved: 0 });
    const queued = await of(await post(key, request, { Prefer: "respond-async" }));
    expect(await usage()).toMatchObject({ pictures: 2, reserved: 1 });
    expect(await codeOf(await post(key, request))).toBe("quota_exceeded");
    await as(key, `${PATH}/${queued.id}`, { method: "DELETE" });
    expect(await usage()).toMatchObject({ pictures: 2, reserved: 0 });
    expect((await post(key, request)).status).toBe(200);
    expect(await usage()).toMatchObject({ pictures: 3, reserved: 0 });
  });

  it("the answer tells what is left with its own pictures taken", async () => {
    const { key } = await makeKey({ quotas: { perMonth: 10 } });
    const two = { ...request, outputs: [OUTPUTS[0], { style: "toon", width: 20 }] };
    const queued = await post(key, two, { Prefer: "respond-async" });
    expect([queued.status, queued.headers.get("RateLimit")]).toEqual([
      202,
      expect.stringMatching(/"month";r=8;/),
    ]);
    const drawn = await post(key, request);
    expect([drawn.status, drawn.headers.get("RateLimit")]).toEqual([
      200,
      expect.stringMatching(/"month";r=7;/),
    ]);
  });

  it("no more pictures are under way than the key may have at once", async () => {
    const { key } = await makeKey({ quotas: { open: 1 } });
    const queued = await of(await post(key, request, { Prefer: "respond-async" }));
    const refused = await post(key, request, { Prefer: "respond-async" });
    expect([refused.status, await codeOf(refused)]).toEqual([429, "too_much_under_way"]);
    await as(key, `${PATH}/${queued.id}`, { method: "DELETE" });
    await expect.poll(async () => (await post(key, request)).status).toBe(200);
  });

  it("a request that is refused keeps nothing reserved, and not its name either", async () => {
    const { id, key } = await makeKey({ quotas: { perMonth: 0 } });
    const answer = await post(key, request, { "Idempotency-Key": "none" });
    expect(await codeOf(answer)).toBe("quota_exceeded");
    expect(await (await askJson(`/v1/keys/${id}/usage`, ADMIN_SECRET)).json()).toMatchObject({ reserved: 0 });
    const again = await post(key, request, { "Idempotency-Key": "none" });
    expect(await codeOf(again)).toBe("quota_exceeded"); // and its name is still free
  });
});
