import { reset } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import {
  ADMIN_SECRET,
  askJson,
  bearer,
  KEYS,
  makeKey,
  makeToken,
} from "../../../tests/support/workerd/keys.ts";
import { SERVED } from "../../../tests/support/workerd/routes.ts";
import { SCOPES, type Scope } from "../../contract/api/common.ts";
import { newSecret } from "../keys/new-key.ts";

const HOUR = 3_600_000;
const later = (milliseconds: number) => vi.spyOn(Date, "now").mockReturnValue(Date.now() + milliseconds);

afterEach(() => vi.restoreAllMocks());

/** Status, code, detail and challenge of what a request with this header is answered. */
async function refusal(Authorization?: string, path = "/v1/usage") {
  const answer = await ask(path, {
    headers: Authorization === undefined ? {} : { Authorization },
    env: KEYS,
  });
  const { code, detail, ...rest } = await answer.json<{ code: string; detail: string }>();
  const shape = [
    ...Object.keys(rest),
    ...[...answer.headers.keys()].filter((name) => name !== "content-length"),
  ];
  return { status: answer.status, code, detail, shape, challenge: answer.headers.get("WWW-Authenticate") };
}

describe("401 says what is wrong:", () => {
  const key = (id: string, secret: string) => `Bearer sg_${id}_${secret}`;
  const DIGITS = "0".repeat(43);
  it.each<[string, string | undefined, string]>([
    ["nothing was sent", undefined, "The request has no Authorization header."],
    ["an empty header", "", "The Authorization header is not Bearer"],
    ["another scheme", "Basic eDp5", "The Authorization header is not Bearer"],
    ["no credentials", "Bearer ", "The Authorization header is not Bearer"],
    ["two of them", `Bearer ${ADMIN_SECRET} ${ADMIN_SECRET}`, "The Authorization header is not Bearer"],
    ["endless ones", `Bearer ${"a".repeat(5000)}`, "The Authorization header is not Bearer"],
    ["half a key", key("AAAAAAAAAAAA", "0".repeat(20)), "This is not the whole of a key"],
    ["a key and a half", key("AAAAAAAAAAAA", `${DIGITS}0`), "This is not the whole of a key"],
    ["a key with something in it", key("AAAAAAAAAAA-", DIGITS), "This is not the whole of a key"],
    ["an unknown key", key("AAAAAAAAAAAA", DIGITS), "No such key, token or secret is known here."],
    ["another secret", `Bearer ${ADMIN_SECRET.slice(1)}`, "No such key, token or secret is known here."],
    ["the secret and more", `Bearer ${ADMIN_SECRET}x`, "No such key, token or secret is known here."],
    ["another case", `Bearer ${ADMIN_SECRET.toUpperCase()}`, "No such key, token or secret is known here."],
    ["a token of nobody's", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "No such key, token or secret"],
  ])("%s", async (_, header, detail) => {
    await makeKey();
    const refused = await refusal(header);
    expect(refused).toMatchObject({
      status: 401,
      code: "unauthorized",
      detail: expect.stringContaining(detail),
    });
    expect(refused.challenge).toMatch(/^Bearer realm="stylegate"/);
    expect(refused.shape).toEqual((await refusal()).shape);
    if (header === undefined) expect(refused.challenge).toBe('Bearer realm="stylegate"');
    else expect(refused.challenge).toContain(`error_description="${refused.detail}"`);
  });

  it("a wrong secret is refused as an unknown key is, whatever the key's state", async () => {
    const { id } = await makeKey();
    const revoked = await makeKey();
    const expired = await makeKey({ expiresAt: new Date(Date.now() + HOUR).toISOString() });
    await askJson(`/v1/keys/${revoked.id}`, ADMIN_SECRET, undefined, { method: "DELETE" });
    later(2 * HOUR);
    const unknown = await refusal(key("AAAAAAAAAAAA", newSecret()));
    expect(unknown.code).toBe("unauthorized");
    for (const known of [id, revoked.id, expired.id]) {
      expect(await refusal(key(known.slice(4), newSecret()))).toEqual(unknown);
    }
  });

  it("a key that is revoked, and its tokens", async () => {
    const { id, key } = await makeKey();
    const token = await makeToken(key);
    expect((await askJson("/v1/usage", key)).status).toBe(200);
    await askJson(`/v1/keys/${id}`, ADMIN_SECRET, undefined, { method: "DELETE" });
    expect(await refusal(`Bearer ${key}`)).toMatchObject({ status: 401, detail: "The key is revoked." });
    expect(await refusal(`Bearer ${token}`)).toMatchObject({
      status: 401,
      detail: "The key that minted the token is revoked.",
    });
  });

  it("a key that has expired, and its tokens", async () => {
    const { key } = await makeKey({ expiresAt: new Date(Date.now() + HOUR).toISOString() });
    const token = await makeToken(key, { expiresIn: 7200 });
    later(HOUR);
    expect(await refusal(`Bearer ${key}`)).toMatchObject({ status: 401, detail: "The key has expired." });
    expect(await refusal(`Bearer ${token}`)).toMatchObject({
      detail: "The key that minted the token has expired.",
    });
  });
});

const served = SERVED.flatMap((route) => (route.scopes ? [{ ...route, scopes: route.scopes }] : []));

const codeIn = (text: string) => (text === "" ? undefined : (JSON.parse(text) as { code: string }).code);

describe("every route of the contract that asks who comes", () => {
  it("is tried here", () => expect(served.length).toBeGreaterThanOrEqual(11));

  it.each(served)("$method $path refuses who has no key", async ({ method, at, headers }) => {
    const answer = await ask(at, { method, headers, env: KEYS });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toBe('Bearer realm="stylegate"');
  });

  it.each(served.filter(({ scopes }) => scopes.length > 0))(
    "$method $path refuses a key without its scope, and names it",
    async ({ method, at, headers, scopes }) => {
      const { key } = await makeKey({ scopes: SCOPES.filter((scope) => !scopes.includes(scope)) });
      const answer = await ask(at, { method, headers: { ...headers, ...bearer(key) }, env: KEYS });
      expect(answer.status).toBe(403);
      const text = await answer.text();
      if (method !== "HEAD") expect(text).toContain(`lacks the scope \\"${scopes[0]}\\"`);
      expect(answer.headers.get("WWW-Authenticate")).toContain(
        `error="insufficient_scope", scope="${scopes.join(" ")}"`,
      );
    },
  );

  it.each(served)("$method $path lets a key with its scopes in", async ({ method, at, headers, scopes }) => {
    const { key } = await makeKey({ scopes: scopes.length > 0 ? ([...scopes] as Scope[]) : ["upload"] });
    const answer = await ask(at, { method, headers: { ...headers, ...bearer(key) }, env: KEYS });
    expect([401, 403]).not.toContain(answer.status);
  });

  it.each(served.filter(({ isForKeysOnly }) => isForKeysOnly))(
    "$method $path refuses a token, which anybody may have taken out of an app",
    async ({ method, at }) => {
      const { key } = await makeKey();
      const answer = await ask(at, { method, headers: bearer(await makeToken(key)), env: KEYS });
      expect([answer.status, codeIn(await answer.text())]).toEqual([403, "forbidden"]);
    },
  );
});

describe("the operator's secret", () => {
  it("may do everything, but mint tokens, which nothing would end", async () => {
    expect((await askJson("/v1/keys", ADMIN_SECRET)).status).toBe(200);
    expect(await (await askJson("/v1/usage", ADMIN_SECRET)).json()).toMatchObject({
      key: "operator",
      quotas: {},
    });
    expect((await askJson("/v1/tokens", ADMIN_SECRET, {})).status).toBe(403);
  });
});

describe("AUTH=open", () => {
  const open = { AUTH: "open", ADMIN_SECRET };

  it("asks nobody on its own machine for a key", async () => {
    const answer = await ask("/v1/usage", { env: open });
    expect(await answer.json()).toMatchObject({ key: "local", quotas: {} });
  });

  it("takes whoever sends a key, a token or the secret at their word, and refuses what is none", async () => {
    const { id, key } = await makeKey();
    const as = async (text: string) => (await ask("/v1/usage", { headers: bearer(text), env: open })).json();
    expect(await as(key)).toMatchObject({ key: id });
    expect(await as(ADMIN_SECRET)).toMatchObject({ key: "operator" });
    expect(await as(`${key}0`)).toMatchObject({ code: "unauthorized" });
  });

  it("mints tokens that are worth nothing elsewhere", async () => {
    const minted = await ask("/v1/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: new TextEncoder().encode("{}"),
      env: open,
    });
    const { token } = await minted.json<{ token: string }>();
    expect((await ask("/v1/keys", { headers: bearer(token), env: open })).status).toBe(403); // no admin
    expect((await ask("/v1/keys", { headers: bearer(token), env: KEYS })).status).toBe(401);
  });
});

/** The last: no isolate is told that what tokens are signed with is gone. */
describe("nobody can have a key", () => {
  it("where none was made and nobody can make one, which is what is answered", async () => {
    await reset();
    let asked = 0;
    const ring = {
      getByName: (name: string) => {
        asked++;
        return bindings.KEY_RING.getByName(name);
      },
    } as unknown as typeof bindings.KEY_RING;
    const nobody = () => ask("/v1/usage", { env: { AUTH: "keys", KEY_RING: ring } });
    const answer = await nobody();
    expect(answer.status).toBe(503);
    expect((await answer.json<{ code: string }>()).code).toBe("admin_disabled");
    await makeKey();
    const before = asked;
    expect([(await nobody()).status, (await nobody()).status]).toEqual([401, 401]);
    expect(asked).toBe(before + 1); // there are some for ever
  });
});
