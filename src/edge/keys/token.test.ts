import { SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ADMIN_SECRET } from "../../../tests/support/admin-secret.ts";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import { askJson, bearer, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { RING, type TokenSecret } from "./key-ring.ts";
import { kidOf } from "./token.ts";

const DAY = 86_400_000;
/** Needs the scope `transform`, and no more: an upload that is not there. */
const IMAGE = `/image/style=toon/upload:${"A".repeat(22)}`;

afterEach(() => vi.restoreAllMocks());

/** What a request with it is answered: 404 for one that is let in. */
async function answerTo(token: string, path = IMAGE) {
  const answer = await ask(path, { headers: bearer(token), env: KEYS });
  const { detail } = await answer.json<{ detail?: string }>();
  return { status: answer.status, detail };
}

const partsOf = (token: string) => token.split(".") as [string, string, string];
const encoded = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const decoded = (part: string) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));

/** The newest secret, as a thief of the ring would have it. */
async function stolen(): Promise<TokenSecret> {
  const [secret] = await bindings.KEY_RING.getByName(RING).tokenSecrets();
  if (!secret) throw new Error("The ring has none.");
  return secret;
}
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** Claims of a token that holds, with others in their place, signed as ours are. */
async function forged(
  key: string,
  claims: Record<string, unknown>,
  header: { alg?: string; typ?: string | undefined } = {},
  by?: TokenSecret,
) {
  const { kid, secret } = by ?? (await stolen());
  const { alg, ...others } = { alg: "HS256", typ: "JWT", ...header };
  const [, payload] = partsOf(await makeToken(key));
  const known = (all: object) =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(known({ ...decoded(payload), ...claims }))
    .setProtectedHeader({ alg, kid, ...known(others) })
    .sign(bytesOf(alg === "HS256" ? secret : secret + secret));
}

describe("POST /v1/tokens", () => {
  it("mints what stands for the key, for a quarter of an hour", async () => {
    const now = Date.UTC(2026, 10, 29, 12);
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { id, key } = await makeKey();
    const answer = await askJson("/v1/tokens", key, {});
    const { token, expiresAt } = await answer.json<{ token: string; expiresAt: string }>();
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    expect(expiresAt).toBe("2026-11-29T12:15:00.000Z");
    const [header, payload] = partsOf(token);
    expect(decoded(header)).toEqual({
      alg: "HS256",
      typ: "JWT",
      kid: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(decoded(payload)).toEqual({
      iss: "stylegate",
      aud: "stylegate/v1",
      sub: id,
      scope: "transform upload",
      gen: 1,
      jti: expect.any(String),
      iat: now / 1000,
      exp: now / 1000 + 900,
    });
    expect((await answerTo(token)).status).toBe(404);
    vi.mocked(Date.now).mockReturnValue(now + 899_999);
    expect((await answerTo(token)).status).toBe(404);
    vi.mocked(Date.now).mockReturnValue(now + 900_000);
    expect(await answerTo(token)).toEqual({ status: 401, detail: "The token has expired: mint another." });
  });

  it.each([
    [{ expiresIn: 29 }, "/expiresIn"],
    [{ expiresIn: 86_401 }, "/expiresIn"],
    [{ expiresIn: 60.5 }, "/expiresIn"],
    [{ scopes: [] }, "/scopes"],
    [{ scopes: ["admin"] }, "/scopes/0"],
    [{ user: "two words" }, "/user"],
    [{ user: "x".repeat(129) }, "/user"],
    [{ aud: "elsewhere" }, "/aud"],
  ])("refuses %j and says where it is wrong", async (request, pointer) => {
    const { key } = await makeKey();
    const answer = await askJson("/v1/tokens", key, request);
    expect(answer.status).toBe(400);
    expect((await answer.json<{ errors: { pointer: string }[] }>()).errors[0]?.pointer).toBe(pointer);
  });

  it("gives no scope that the key lacks, and never admin", async () => {
    const { key } = await makeKey({ scopes: ["upload", "admin"] });
    expect((await askJson("/v1/tokens", key, { scopes: ["transform"] })).status).toBe(403);
    const token = await makeToken(key);
    expect(await answerTo(token, "/v1/keys")).toEqual({
      status: 403,
      detail: 'The token lacks the scope "admin".',
    });
    const { key: only } = await makeKey({ scopes: ["admin"] });
    expect((await askJson("/v1/tokens", only, {})).status).toBe(403);
  });

  it("mints none for a token, which would never end then", async () => {
    const { key } = await makeKey();
    expect((await askJson("/v1/tokens", await makeToken(key), {})).status).toBe(403);
  });
});

describe("a token", () => {
  it("loses what its key loses", async () => {
    const { id, key } = await makeKey();
    const token = await makeToken(key);
    await askJson(`/v1/keys/${id}`, ADMIN_SECRET, { scopes: ["upload"] }, { method: "PATCH" });
    expect(await answerTo(token)).toEqual({ status: 403, detail: 'The token lacks the scope "transform".' });
  });

  it("goes on where its key has a new secret", async () => {
    const { id, key } = await makeKey();
    const token = await makeToken(key);
    await askJson(`/v1/keys/${id}/rotate`, ADMIN_SECRET, undefined, { method: "POST" });
    expect((await answerTo(token)).status).toBe(404);
  });

  it("outlives the secret it was signed with being replaced, every month", async () => {
    const now = Date.now() + 100 * DAY; // the secrets of other tests are old by then
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { key } = await makeKey();
    const first = await stolen();
    vi.mocked(Date.now).mockReturnValue(now + 30 * DAY - 1000);
    const last = await makeToken(key, { expiresIn: 86_400 });
    expect(kidOf(last)).toBe(first.kid);
    vi.mocked(Date.now).mockReturnValue(now + 30 * DAY + 400_000); // no isolate knows the old ones alone any more
    const next = await makeToken(key);
    expect(kidOf(next)).not.toBe(first.kid);
    expect((await answerTo(next)).status).toBe(404);
    expect((await answerTo(last)).status).toBe(404);
    vi.mocked(Date.now).mockReturnValue(now + 32 * DAY);
    const secrets = await bindings.KEY_RING.getByName(RING).tokenSecrets();
    expect(secrets.map(({ kid }) => kid)).not.toContain(first.kid);
  });
});

describe("refused as one that nobody knows is a token", () => {
  const changes: [string, (token: string) => string | Promise<string>][] = [
    ["without a signature", (token) => `${partsOf(token).slice(0, 2).join(".")}.`],
    [
      "that says its algorithm is none",
      (token) => `${encoded({ alg: "none", typ: "JWT", kid: kidOf(token) })}.${partsOf(token)[1]}.`,
    ],
    [
      "that says none, and keeps its signature",
      (token) =>
        [encoded({ alg: "None", typ: "JWT", kid: kidOf(token) }), ...partsOf(token).slice(1)].join("."),
    ],
    [
      "with a changed claim",
      (token) => {
        const [header, payload, signature] = partsOf(token);
        return `${header}.${encoded({ ...decoded(payload), scope: "transform upload admin" })}.${signature}`;
      },
    ],
    [
      "with a changed signature",
      (token) =>
        token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`),
    ],
    [
      "of another secret's name",
      (token) =>
        [encoded({ alg: "HS256", typ: "JWT", kid: "0".repeat(16) }), ...partsOf(token).slice(1)].join("."),
    ],
    [
      "of no secret's name",
      (token) => [encoded({ alg: "HS256", typ: "JWT" }), ...partsOf(token).slice(1)].join("."),
    ],
    ["whose header is no JSON", (token) => ["AAAA", ...partsOf(token).slice(1)].join(".")],
    [
      "that says where keys are to be had",
      (token) =>
        new SignJWT(decoded(partsOf(token)[1]))
          .setProtectedHeader({
            alg: "HS256",
            typ: "JWT",
            kid: kidOf(token) ?? "",
            jku: "https://evil.example/keys",
          })
          .sign(new Uint8Array(32)),
    ],
  ];
  it.each(changes)("%s", async (_, change) => {
    const { key } = await makeKey();
    const token = await makeToken(key);
    expect((await answerTo(token)).status).toBe(404);
    const changed = await change(token);
    expect(changed).not.toBe(token);
    expect(await answerTo(changed)).toEqual({
      status: 401,
      detail: "No such key, token or secret is known here.",
    });
  });

  it.each<[string, Record<string, unknown>, { alg?: string; typ?: string | undefined }?]>([
    ["for another audience", { aud: "elsewhere" }],
    ["for no audience", { aud: undefined }],
    ["of another issuer", { iss: "https://accounts.example.com" }],
    ["of no issuer", { iss: undefined }],
    ["without an end", { exp: undefined }],
    ["whose end is a text", { exp: "2100-01-01" }],
    ["without an id", { jti: undefined }],
    ["of nobody", { sub: undefined }],
    ["of a key that there is not", { sub: "key_AAAAAAAAAAAA" }],
    ["of the operator", { sub: "operator" }],
    ["of a machine's own", { sub: "local" }],
    ["of the ring", { sub: "ring" }],
    ["of a user with a name that there cannot be", { user: "../u" }],
    ["of several users", { user: ["a", "b"] }],
    ["not valid yet", { nbf: 4_102_444_800 }],
    ["of another algorithm", {}, { alg: "HS512" }],
    ["of another type", {}, { typ: "at+jwt" }],
    ["of no type", {}, { typ: undefined }],
  ])("%s, even where the secret was stolen", async (_, claims, header) => {
    const { key } = await makeKey();
    expect((await answerTo(await forged(key, {}))).status).toBe(404);
    expect(await answerTo(await forged(key, claims, header))).toEqual({
      status: 401,
      detail: "No such key, token or secret is known here.",
    });
  });

  it("signed with one secret and named after another", async () => {
    const { key } = await makeKey();
    const { kid, secret } = await stolen();
    const other: TokenSecret = { kid, secret: [...secret].reverse().join("") };
    expect((await answerTo(await forged(key, {}, {}, other))).status).toBe(401);
  });

  it("that asks for the scope admin, which no token has, of a key that has it", async () => {
    const { key } = await makeKey({ scopes: ["transform", "admin"] });
    const token = await forged(key, { scope: "transform admin" });
    expect((await answerTo(token)).status).toBe(404);
    expect((await answerTo(token, "/v1/keys")).status).toBe(403);
  });

  it("that asks for a scope that its key lacks", async () => {
    const { key } = await makeKey({ scopes: ["upload"] });
    expect((await answerTo(await forged(key, { scope: "transform upload admin" }))).status).toBe(403);
  });
});

describe("names of secrets that nobody knows", () => {
  it("have the ring asked once in ten seconds, whoever writes them into tokens", async () => {
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now);
    const { key } = await makeKey();
    const token = await makeToken(key);
    let asked = 0;
    const ring = {
      getByName: () => ({
        tokenSecrets: () => {
          asked++;
          return bindings.KEY_RING.getByName(RING).tokenSecrets();
        },
      }),
    } as unknown as typeof bindings.KEY_RING;
    const strange = [
      encoded({ alg: "HS256", typ: "JWT", kid: "1".repeat(16) }),
      ...partsOf(token).slice(1),
    ].join(".");
    const send = () => ask(IMAGE, { headers: bearer(strange), env: { ...KEYS, KEY_RING: ring } });
    for (let times = 0; times < 5; times++) expect((await send()).status).toBe(401);
    expect(asked).toBe(1);
    vi.mocked(Date.now).mockReturnValue(now + 10_000);
    for (let times = 0; times < 5; times++) expect((await send()).status).toBe(401);
    expect(asked).toBe(2);
  });
});
