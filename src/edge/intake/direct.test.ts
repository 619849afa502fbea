import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, bindings, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import { askJson, bearer, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { storedIn } from "../../../tests/support/workerd/objects.ts";
import type { DirectUpload, Upload } from "../../contract/api/uploads.ts";
import { sha256 } from "../../contract/encoding.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const PHOTO = readPicture("large.jpg");
const SHA256 = await sha256(PHOTO);

const create = (body: object, env = {}) =>
  ask("/v1/uploads/direct", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(body)),
    env,
  });

async function begin(
  body: object = { bytes: PHOTO.length, sha256: SHA256 },
  env = {},
): Promise<DirectUpload> {
  const answer = await create(body, env);
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
}

const pathOf = (url: string) => url.slice(new URL(url).origin.length);
const put = (url: string, body: Asked["body"], headers = {}, env = {}) =>
  ask(pathOf(url), { method: "PUT", headers, env, ...(body ? { body } : {}) });
const complete = ({ complete }: DirectUpload, headers = {}, env = {}) =>
  ask(complete, { method: "POST", headers, env });

const later = (milliseconds: number) => {
  const then = Date.now() + milliseconds;
  vi.spyOn(Date, "now").mockReturnValue(then);
};

const alarm = ({ id }: DirectUpload) => runDurableObjectAlarm(bindings.UPLOAD_SESSIONS.getByName(id));

describe("a direct upload", () => {
  it("is put to a signed URL without a key, and is an upload once it is completed", async () => {
    const direct = await begin({ bytes: PHOTO.length, sha256: SHA256, user: "u_1" });
    expect(Date.parse(direct.expiresAt)).toBeGreaterThan(Date.now());
    expect((await put(direct.url, PHOTO)).status).toBe(204);
    expect(await stored()).toEqual([`incoming/${direct.id}`]);
    const answer = await complete(direct);
    expect([answer.status, answer.headers.get("Location")]).toEqual([201, `/v1/uploads/${direct.id}`]);
    const upload = await answer.json<Upload>();
    expect(upload).toMatchObject({ id: direct.id, bytes: PHOTO.length, sha256: SHA256, user: "u_1" });
    expect(await stored()).toEqual([`uploads/${direct.id}`]);
    expect(await (await complete(direct)).json()).toEqual(upload);
  });

  it("may be put again before it is completed, after which its URL is used up", async () => {
    const direct = await begin({ bytes: PHOTO.length });
    expect((await put(direct.url, PHOTO)).status).toBe(204);
    expect((await put(direct.url, PHOTO)).status).toBe(204);
    await complete(direct);
    expect(await problemOf(await put(direct.url, PHOTO))).toBe("invalid_signature");
    expect(await stored()).toEqual([`uploads/${direct.id}`]);
  });

  it("is completed once by several at the same time", async () => {
    const direct = await begin();
    await put(direct.url, PHOTO);
    const answers = await Promise.all([complete(direct), complete(direct), complete(direct)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await stored()).toEqual([`uploads/${direct.id}`]);
  });

  it("is not complete before it is there", async () => {
    const direct = await begin();
    expect(await problemOf(await complete(direct))).toBe("upload_incomplete");
    await put(direct.url, PHOTO);
    expect((await complete(direct)).status).toBe(201);
  });

  it("goes to R2 where its credentials are set", async () => {
    const { url, headers, id } = await begin(undefined, {
      R2_ACCOUNT_ID: "0".repeat(32),
      R2_BUCKET: "pictures",
      R2_ACCESS_KEY_ID: "id",
      R2_SECRET_ACCESS_KEY: "of-the-bucket",
    });
    expect(url).toContain(`https://${"0".repeat(32)}.r2.cloudflarestorage.com/pictures/incoming/${id}?`);
    expect(headers["Content-Length"]).toBe(`${PHOTO.length}`);
    await bindings.PICTURES.put(`incoming/${id}`, PHOTO); // what R2 would have stored
    const answer = await ask(`/v1/uploads/${id}/complete`, { method: "POST" });
    expect(answer.status).toBe(201);
    expect(await stored()).toEqual([`uploads/${id}`]);
  });
});

describe("of what is refused nothing is left:", () => {
  const cut = PHOTO.subarray(0, 500);
  const page = new TextEncoder().encode("<html>");
  it.each<[string, string, Uint8Array, object]>([
    ["no picture", "unsupported_format", page, { bytes: page.length }],
    ["a cut one", "corrupt_picture", cut, { bytes: cut.length }],
    ["one of another length", "digest_mismatch", PHOTO, { bytes: PHOTO.length + 1 }],
    ["one with another digest", "digest_mismatch", PHOTO, { bytes: PHOTO.length, sha256: "0".repeat(64) }],
  ])("%s, which R2 has taken", async (_, code, bytes, announced) => {
    const direct = await begin(announced);
    await bindings.PICTURES.put(`incoming/${direct.id}`, bytes);
    expect(await problemOf(await complete(direct))).toBe(code);
    expect(await stored()).toEqual([]);
    expect(await problemOf(await complete(direct))).toBe("upload_not_found");
  });

  it.each<[string, string, (direct: DirectUpload) => ReturnType<typeof ask>]>([
    ["fewer bytes", "corrupt_picture", ({ url }) => put(url, PHOTO.subarray(0, -1))],
    ["more bytes", "picture_too_large", ({ url }) => put(url, new Uint8Array([...PHOTO, 0]))],
    [
      "other bytes",
      "digest_mismatch",
      ({ url }) =>
        put(
          url,
          PHOTO.map((byte, at) => (at < 500 ? byte : byte ^ 1)),
        ),
    ],
    [
      "a header's digest of others",
      "digest_mismatch",
      ({ url }) => put(url, PHOTO, { "Content-Digest": `sha-256=:${btoa("x".repeat(32))}:` }),
    ],
    [
      "a signature for other bytes",
      "invalid_signature",
      ({ url }) => put(url.replace(`bytes=${PHOTO.length}`, "bytes=99"), PHOTO),
    ],
    [
      "a signature without the digest",
      "invalid_signature",
      ({ url }) => put(url.replace(/sha256=\w+&/, ""), PHOTO),
    ],
    [
      "a signature for longer",
      "invalid_signature",
      ({ url }) => put(url.replace(/exp=\d+/, "exp=9999999999"), PHOTO),
    ],
    [
      "a signature of another upload",
      "invalid_signature",
      ({ url, id }) => put(url.replace(id, "A".repeat(22)), PHOTO),
    ],
    ["no signature", "invalid_request", ({ url }) => put(url.replace(/&sig=.*/, ""), PHOTO)],
  ])("%s", async (_, code, send) => {
    const direct = await begin();
    expect(await problemOf(await send(direct))).toBe(code);
    expect(await stored()).toEqual([]);
  });

  it("what is put when the URL has expired", async () => {
    const direct = await begin();
    later(86_400_000);
    expect(await problemOf(await put(direct.url, PHOTO))).toBe("signature_expired");
    expect(await stored()).toEqual([]);
  });

  it("what is never completed", async () => {
    const direct = await begin({ bytes: PHOTO.length, user: "u_1" });
    await put(direct.url, PHOTO);
    later(86_400_000);
    expect(await problemOf(await complete(direct))).toBe("upload_not_found");
    expect(await alarm(direct)).toBe(true);
    expect(await stored()).toEqual([]);
    expect(await storedIn(bindings.UPLOAD_SESSIONS)).toEqual([]);
    expect(await storedIn(bindings.USERS)).toEqual([]);
  });

  it("what R2 took after it was completed", async () => {
    const direct = await begin();
    await put(direct.url, PHOTO);
    await complete(direct);
    await bindings.PICTURES.put(`incoming/${direct.id}`, PHOTO);
    expect(await alarm(direct)).toBe(true);
    expect(await stored()).toEqual([`uploads/${direct.id}`]);
    expect(await storedIn(bindings.UPLOAD_SESSIONS)).toEqual([]);
  });

  it("but while the storage is away all stays, and can be completed when that is back", async () => {
    const direct = await begin();
    await put(direct.url, PHOTO);
    const broken = new Proxy(bindings.PICTURES, {
      get: (bucket, name) =>
        name === "put"
          ? () => Promise.reject(new Error("R2 is away"))
          : Reflect.get(bucket, name).bind(bucket),
    });
    expect(await problemOf(await complete(direct, {}, { PICTURES: broken }))).toBe("storage_unavailable");
    expect(await stored()).toEqual([`incoming/${direct.id}`]);
    expect((await complete(direct)).status).toBe(201);
    expect(await stored()).toEqual([`uploads/${direct.id}`]);
  });
});

it("nobody else can complete it, or learns of it", async () => {
  const [mine, other] = [await makeKey(), await makeKey()];
  const own = await makeToken(mine.key, { user: "u_1" });
  const answer = await askJson("/v1/uploads/direct", own, { bytes: PHOTO.length });
  const direct = await answer.json<DirectUpload>();
  expect((await put(direct.url, PHOTO, {}, KEYS)).status).toBe(204);
  for (const stranger of [other.key, await makeToken(mine.key, { user: "u_2" })])
    expect(await problemOf(await complete(direct, bearer(stranger), KEYS))).toBe("upload_not_found");
  const completed = await complete(direct, bearer(own), KEYS);
  expect(await completed.json()).toMatchObject({ user: "u_1" });
  for (const stranger of [other.key, await makeToken(mine.key, { user: "u_2" })])
    expect(await problemOf(await complete(direct, bearer(stranger), KEYS))).toBe("upload_not_found");
  expect(await problemOf(await askJson("/v1/uploads/direct", own, { bytes: 1, user: "u_2" }))).toBe(
    "forbidden",
  );
});
