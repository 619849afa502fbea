import { afterEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ADMIN_SECRET } from "../../../tests/support/admin-secret.ts";
import { type Asked, ask, bindings, codeOf, found, upload } from "../../../tests/support/workerd/ask.ts";
import { askJson, bearer, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import type { Usage } from "../../contract/api/keys.ts";
import { sign, signedText } from "../../contract/signature.ts";

const HOST = "https://photos.example.com";
const SIGNING = { id: "a", bytes: new Uint8Array(32) };
const SIGNING_KEYS = `a:${"A".repeat(43)}`;
const STYLE = "style=handdrawn,format=png";
let seed = 52_000;
const source = () => `${HOST}/png?seed=${seed++}`;

afterEach(() => vi.restoreAllMocks());

const get = (path: string, headers: Record<string, string> = {}, asked: Asked = {}) =>
  ask(path, { ...asked, headers: { ...headers, ...asked.headers }, env: { ...KEYS, ...asked.env } });
const usageOf = async (id: string): Promise<Usage> =>
  (await askJson(`/v1/keys/${id}/usage`, ADMIN_SECRET)).json();

describe("an image URL, where keys are asked for", () => {
  it("is answered to a key and to a token, for them alone", async () => {
    const path = `/image/${STYLE}/${source()}`;
    const { key } = await makeKey();
    expect(await codeOf(await get(path))).toBe("unauthorized");
    const first = await get(path, bearer(key));
    expect(first.status).toBe(200);
    expect(first.headers.get("Cache-Control")).toMatch(/^private, max-age=\d+/);
    const second = await get(path, bearer(await makeToken(key)));
    expect([second.status, found(second)]).toEqual([200, "hit"]);
    expect(second.headers.get("Cache-Control")).toMatch(/^private, /);
    expect(await codeOf(await get(path))).toBe("unauthorized"); // though it is stored by now
  });

  it("is the same picture, under the same name, whoever asks", async () => {
    const from = source();
    const options = `${STYLE},kid=a`;
    const signed = `/image/${options},sig=${await sign(signedText(options, from), SIGNING)}/${from}`;
    const plain = `/image/${STYLE}/${from}`;
    const [one, other] = [await makeKey(), await makeKey()];
    const answers = [
      await get(plain, bearer(one.key), { env: { SIGNING_KEYS } }),
      await get(plain, bearer(other.key), { env: { SIGNING_KEYS } }),
      await get(signed, {}, { env: { SIGNING_KEYS } }),
    ];
    const stored = (await bindings.PICTURES.list({ prefix: "variants/" })).objects.length;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(found)).toEqual(["miss", "hit", "hit"]);
    expect(new Set(answers.map(({ headers }) => headers.get("ETag"))).size).toBe(1);
    expect(answers[2]?.headers.get("Cache-Control")).toMatch(/^public, /);
    await get(plain, bearer(other.key), { env: { SIGNING_KEYS } });
    expect((await bindings.PICTURES.list({ prefix: "variants/" })).objects).toHaveLength(stored);
  });

  it("needs the scope transform", async () => {
    const { id, key } = await makeKey({ scopes: ["upload"], quotas: { perMonth: 1 } });
    expect(await codeOf(await get(`/image/${STYLE}/${source()}`, bearer(key)))).toBe("forbidden");
    expect(await usageOf(id)).toMatchObject({ pictures: 0, reserved: 0 });
  });

  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ["nothing, where there are no signing keys", {}, {}, "unauthorized"],
    ["nothing, where there are", {}, { SIGNING_KEYS }, "signature_required"],
    ["a wrong key, where there are", bearer("x"), { SIGNING_KEYS }, "unauthorized"],
    ["the operator's secret", bearer(ADMIN_SECRET), {}, "ok"],
    ["nothing, where none is required", {}, { REQUIRE_SIGNATURE: "no" }, "ok"],
    ["a wrong key, where none is required", bearer("x"), { REQUIRE_SIGNATURE: "no" }, "ok"],
    [
      "the operator's secret, where a signature is",
      bearer(ADMIN_SECRET),
      { SIGNING_KEYS, REQUIRE_SIGNATURE: "yes" },
      "signature_required",
    ],
    ["nothing, where nobody is asked for a key", {}, { AUTH: "open" }, "ok"],
    [
      "a key, where nobody is but URLs are signed",
      bearer(ADMIN_SECRET),
      { AUTH: "open", SIGNING_KEYS },
      "ok",
    ],
    [
      "nothing, where nobody is but URLs are signed",
      {},
      { AUTH: "open", SIGNING_KEYS },
      "signature_required",
    ],
  ])("with %s", async (_, headers, env, code) => {
    await makeKey();
    expect(await codeOf(await get(`/image/${STYLE}/${source()}`, headers, { env }))).toBe(code);
  });

  it("with a wrong signature is refused, key or no key", async () => {
    const { key } = await makeKey();
    const path = `/image/${STYLE},kid=a,sig=${"A".repeat(43)}/${source()}`;
    expect(await codeOf(await get(path, bearer(key), { env: { SIGNING_KEYS } }))).toBe("invalid_signature");
  });
});

describe("what is counted of it", () => {
  it("is a picture where one is answered, and a request in any case", async () => {
    const { id, key } = await makeKey({ quotas: { perMonth: 100 } });
    const path = `/image/${STYLE}/${source()}`;
    const first = await get(path, bearer(key));
    await get(path, bearer(key), { headers: { Range: "bytes=0-9" } });
    expect(await usageOf(id)).toMatchObject({ requests: 2, pictures: 2, reserved: 0 });
    await get(path, { ...bearer(key), "If-None-Match": first.headers.get("ETag") ?? "" });
    await get(path, bearer(key), { method: "HEAD" });
    await get(`/image/style=nobody/${source()}`, bearer(key));
    await get(`/image/${STYLE}/${HOST}/status/500`, bearer(key));
    expect(await usageOf(id)).toMatchObject({ requests: 6, pictures: 2, reserved: 0 });
  });

  it.each([
    ["If-None-Match", "*", 304],
    ["Range", "bytes=999999999-", 416],
  ])("is what is drawn for a request with %s: %s, which is not sent", async (name, value, status) => {
    const { id, key } = await makeKey({ quotas: { perMonth: 2 } });
    const codes: number[] = [];
    for (let time = 0; time < 4; time++) {
      const path = `/image/${STYLE}/${source()}`;
      codes.push((await get(path, bearer(key), { headers: { [name]: value } })).status);
    }
    expect(codes).toEqual([status, status, 429, 429]);
    expect(await usageOf(id)).toMatchObject({ pictures: 2, reserved: 0, refused: 2 });
  });

  it("is no more than the month has, of twenty at once", async () => {
    const { id, key } = await makeKey({ quotas: { perMonth: 7 } });
    const path = `/image/${STYLE}/${source()}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(path, bearer(key))));
    const codes = await Promise.all(answers.map(codeOf));
    expect(codes.filter((code) => code === "ok")).toHaveLength(7);
    expect(codes.filter((code) => code === "quota_exceeded")).toHaveLength(13);
    expect(await usageOf(id)).toMatchObject({ pictures: 7, reserved: 0, refused: 13 });
    const refused = await get(path, bearer(key));
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(refused.headers.get("RateLimit")).toMatch(/^"month";r=0;t=\d+$/);
  });

  it("is nothing of a picture that only another one could be shown for", async () => {
    const { id, key } = await makeKey({ quotas: { perMonth: 5 } });
    const fallback = { FALLBACK_IMAGE: source(), FALLBACK_STATUS: "200" };
    const answer = await get(`/image/${STYLE}/${HOST}/status/404`, bearer(key), { env: fallback });
    expect(answer.status).toBe(200);
    expect(await usageOf(id)).toMatchObject({ pictures: 0, reserved: 0 });
  });
});

describe("a key's own lists", () => {
  it("admit its sources and styles alone, and its uploads", async () => {
    const { id, key } = await makeKey({ sources: ["photos.example.com/png"], styles: ["handdrawn"] });
    const asked = async (path: string) => codeOf(await get(path, bearer(key)));
    expect(await asked(`/image/${STYLE}/${source()}`)).toBe("ok");
    expect(await asked(`/image/${STYLE}/https://other.example.com/png?seed=1`)).toBe("source_not_allowed");
    expect(await asked(`/image/${STYLE}/${HOST}/body?text=x`)).toBe("source_not_allowed");
    expect(await asked(`/image/${STYLE}/r2:photos/me.png`)).toBe("source_not_allowed");
    expect(await asked(`/image/style=toon/${source()}`)).toBe("style_not_allowed");
    const body = readPicture("rgb.png");
    const own = await ask("/v1/uploads", { method: "POST", body, headers: bearer(key), env: KEYS });
    expect(await asked(`/image/${STYLE}/upload:${(await own.json<{ id: string }>()).id}`)).toBe("ok");
    expect(await asked(`/image/${STYLE}/upload:${await upload(body)}`)).toBe("upload_not_found"); // somebody else's
    expect(await asked(`/image/style=toon/upload:${"A".repeat(22)}`)).toBe("style_not_allowed");
    expect(await usageOf(id)).toMatchObject({ pictures: 2, reserved: 0 });
  });

  it("admit nothing that the operator's variables do not", async () => {
    const { key } = await makeKey({ sources: ["photos.example.com"] });
    const env = { ALLOWED_SOURCES: "other.example.com" };
    const answer = await get(`/image/${STYLE}/${source()}`, bearer(key), { env });
    expect(await codeOf(answer)).toBe("source_not_allowed");
  });

  it("that are empty admit none", async () => {
    const { key } = await makeKey({ sources: [], styles: [] });
    expect(await codeOf(await get(`/image/${STYLE}/${source()}`, bearer(key)))).toBe("style_not_allowed");
  });
});
