import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, bindings, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import { away } from "../../../tests/support/workerd/away.ts";
import { bearer, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { storedIn } from "../../../tests/support/workerd/objects.ts";
import type { Upload } from "../../contract/api/uploads.ts";
import { sha256 } from "../../contract/encoding.ts";

// https://tus.io/protocols/resumable-upload, as its words have it.

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const PHOTO = readPicture("large.jpg");
const HALF = Math.floor(PHOTO.length / 2);
const TUS = { "Tus-Resumable": "1.0.0" };
const OFFSET = "application/offset+octet-stream";

const base64 = (text: string) => btoa(text);

async function begin(length: number, headers: Record<string, string> = {}, env = {}): Promise<string> {
  const answer = await create(length, headers, env);
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.headers.get("Location") ?? "";
}

const create = (length: number, headers: Record<string, string> = {}, env = {}) =>
  ask("/v1/uploads/resumable", {
    method: "POST",
    headers: { ...TUS, "Upload-Length": `${length}`, ...headers },
    env,
  });

const patch = (
  path: string,
  offset: number,
  body: Asked["body"],
  headers: Record<string, string> = {},
  env = {},
) =>
  ask(path, {
    method: "PATCH",
    headers: { ...TUS, "Content-Type": OFFSET, "Upload-Offset": `${offset}`, ...headers },
    ...(body ? { body } : {}),
    env,
  });

const head = (path: string, headers = {}, env = {}) =>
  ask(path, { method: "HEAD", headers: { ...TUS, ...headers }, env });
const offsetOf = (answer: Response) => Number(answer.headers.get("Upload-Offset"));
const idOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** A body that sends some bytes, and once they are taken, waits until it is told how to end. */
function held(bytes: Uint8Array) {
  const { promise: taken, resolve: isTaken } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<Error | undefined>();
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pulls++ === 0) return controller.enqueue(bytes);
        isTaken();
        const error = await ended;
        if (error) controller.error(error);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken, end };
}

/** What begins as a picture, and has so many bytes. */
function pictureOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(PHOTO);
  return bytes;
}

const nothingLeft = async () => {
  expect(await stored()).toEqual([]);
  expect(await storedIn(bindings.UPLOAD_SESSIONS)).toEqual([]);
};

/** Of one that has become an upload: at once nothing but that it has, and a while later not that either. */
async function forgotten(path: string): Promise<void> {
  expect((await storedIn(bindings.UPLOAD_SESSIONS)).flat()).not.toContain("row of parts");
  expect(await runDurableObjectAlarm(bindings.UPLOAD_SESSIONS.getByName(idOf(path)))).toBe(true);
  expect(await storedIn(bindings.UPLOAD_SESSIONS)).toEqual([]);
}

describe("a resumable upload", () => {
  it("is an upload once its last byte is there, and nothing of the way there is left", async () => {
    const path = await begin(PHOTO.length, {
      "Upload-Metadata": `user ${base64("u_1")},filename ${base64("me.jpg")}`,
    });
    const first = await patch(path, 0, PHOTO.subarray(0, HALF));
    expect([first.status, offsetOf(first)]).toEqual([204, HALF]);
    expect(offsetOf(await head(path))).toBe(HALF);
    expect(await problemOf(await ask(`/v1/uploads/${idOf(path)}`))).toBe("upload_not_found");
    const last = await patch(path, HALF, PHOTO.subarray(HALF));
    expect([last.status, offsetOf(last)]).toEqual([204, PHOTO.length]);
    const upload = await (await ask(`/v1/uploads/${idOf(path)}`)).json<Upload>();
    expect(upload).toMatchObject({ bytes: PHOTO.length, sha256: await sha256(PHOTO), user: "u_1" });
    expect(await stored()).toEqual([`uploads/${idOf(path)}`]);
    await forgotten(path);
  });

  it("tells whoever lost the last answer that all is there", async () => {
    const path = await begin(PHOTO.length);
    await patch(path, 0, PHOTO);
    const asked = await head(path);
    expect([asked.status, offsetOf(asked), asked.headers.get("Upload-Length")]).toEqual([
      200,
      PHOTO.length,
      `${PHOTO.length}`,
    ]);
    expect((await patch(path, PHOTO.length, undefined)).status).toBe(204);
    expect(await problemOf(await patch(path, 0, PHOTO))).toBe("upload_offset");
  });

  it("keeps what arrived of a part that broke off", async () => {
    const path = await begin(PHOTO.length);
    const { body, taken, end } = held(PHOTO.subarray(0, HALF));
    const broken = patch(path, 0, body);
    await taken;
    end(new Error("the phone has left the room"));
    expect(await problemOf(await broken)).toBe("upload_timeout");
    expect(offsetOf(await head(path))).toBe(HALF);
    expect((await patch(path, HALF, PHOTO.subarray(HALF))).status).toBe(204);
    expect(await (await ask(`/v1/uploads/${idOf(path)}`)).json()).toMatchObject({
      sha256: await sha256(PHOTO),
    });
  });

  it("becomes one even if the Worker died just before: whoever asks finishes it", async () => {
    const path = await begin(PHOTO.length);
    const session = bindings.UPLOAD_SESSIONS.getByName(idOf(path));
    const opened = await session.open(0);
    if (!opened.ok) throw new Error(opened.why);
    await session.append(opened.ticket, PHOTO, true); // and nobody goes on
    expect(await stored()).toEqual([]);
    expect(offsetOf(await head(path))).toBe(PHOTO.length);
    expect(await stored()).toEqual([`uploads/${idOf(path)}`]);
    await forgotten(path);
  });

  it("is finished once by several who ask at the same time", async () => {
    const path = await begin(PHOTO.length);
    const session = bindings.UPLOAD_SESSIONS.getByName(idOf(path));
    const opened = await session.open(0);
    if (opened.ok) await session.append(opened.ticket, PHOTO, true);
    const answers = await Promise.all([1, 2, 3, 4].map(() => head(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await stored()).toEqual([`uploads/${idOf(path)}`]);
  });
});

it("what arrives is stored as it arrives, in rows that SQLite takes", async () => {
  const path = await begin(5_000_000);
  const { body, taken, end } = held(pictureOf(3_000_000));
  const sending = patch(path, 0, body);
  await taken;
  expect(offsetOf(await head(path))).toBe(3_000_000);
  expect(
    (await storedIn(bindings.UPLOAD_SESSIONS)).flat().filter((name) => name === "row of parts"),
  ).toHaveLength(3);
  end(undefined);
  expect((await sending).status).toBe(204);
});

describe("one request at a time may send it:", () => {
  it("another is told so, and to where the first comes", async () => {
    const path = await begin(PHOTO.length);
    const { body, taken, end } = held(PHOTO.subarray(0, HALF));
    const first = patch(path, 0, body);
    await taken;
    const second = await patch(path, 0, PHOTO);
    expect(await problemOf(second)).toBe("upload_locked");
    expect(second.headers.get("Retry-After")).toBe("1");
    end(undefined);
    expect((await first).status).toBe(204);
    expect((await patch(path, HALF, PHOTO.subarray(HALF))).status).toBe(204);
  });

  it("of two at once, one is stored", async () => {
    const path = await begin(PHOTO.length);
    const answers = await Promise.all([patch(path, 0, PHOTO), patch(path, 0, PHOTO)]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(204);
    for (const status of statuses) expect([204, 404, 409, 423]).toContain(status);
    expect(await (await ask(`/v1/uploads/${idOf(path)}`)).json()).toMatchObject({
      sha256: await sha256(PHOTO),
    });
  });

  it("but one that has been silent for five seconds gives way, and nothing more of it is taken", async () => {
    const path = await begin(PHOTO.length);
    const session = bindings.UPLOAD_SESSIONS.getByName(idOf(path));
    const silent = await session.open(0);
    if (!silent.ok) throw new Error(silent.why);
    expect(await session.append(silent.ticket, PHOTO.slice(0, 10), true)).toBe(true);
    expect(await session.open(10)).toMatchObject({ ok: false, why: "locked", offset: 10 });
    const later = Date.now() + 5_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    expect(await session.open(10)).toMatchObject({ ok: true });
    expect(await session.append(silent.ticket, PHOTO.slice(10, 20), true)).toBe(false);
    expect(await session.look()).toMatchObject({ offset: 10 });
  });
});

describe("a part with a checksum", () => {
  const checksum = async (algorithm: string, name: string, bytes: Uint8Array) => ({
    "Upload-Checksum": `${name} ${base64(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(algorithm, bytes))))}`,
  });

  it.each([
    ["SHA-1", "sha1"],
    ["SHA-256", "sha256"],
  ])("is kept where it has that: %s", async (algorithm, name) => {
    const path = await begin(PHOTO.length);
    const part = PHOTO.subarray(0, HALF);
    const answer = await patch(path, 0, part, await checksum(algorithm, name, part));
    expect([answer.status, offsetOf(answer)]).toEqual([204, HALF]);
  });

  it("is not kept where it has another, or broke off", async () => {
    const path = await begin(PHOTO.length);
    await patch(path, 0, PHOTO.subarray(0, 1000));
    const sum = await checksum("SHA-1", "sha1", PHOTO);
    const wrong = await patch(path, 1000, PHOTO.subarray(1000, HALF), sum);
    expect([wrong.status, wrong.headers.get("Tus-Resumable")]).toEqual([460, "1.0.0"]);
    expect(await wrong.json()).toMatchObject({ status: 460, code: "digest_mismatch" });
    const { body, taken, end } = held(PHOTO.subarray(1000, HALF));
    const broken = patch(path, 1000, body, sum);
    await taken;
    end(new Error("gone"));
    await broken;
    expect(offsetOf(await head(path))).toBe(1000);
    expect((await patch(path, 1000, PHOTO.subarray(1000))).status).toBe(204);
  });

  it.each(["md5 AAAA", "sha1", "sha1 *", "sha1 AAAA x", "constructor AAAA"])(
    "is refused where it is none: %s",
    async (text) => {
      const path = await begin(PHOTO.length);
      expect(await problemOf(await patch(path, 0, PHOTO, { "Upload-Checksum": text }))).toBe(
        "invalid_request",
      );
    },
  );
});

describe("of what is refused nothing is left:", () => {
  const page = new TextEncoder().encode(`<html>${" ".repeat(60_000)}`);
  it.each<[string, string, Uint8Array, Record<string, string>]>([
    ["no picture", "unsupported_format", page, {}],
    ["a cut one", "corrupt_picture", PHOTO.subarray(0, 500), {}],
    [
      "one with another digest",
      "digest_mismatch",
      PHOTO,
      { "Upload-Metadata": `sha256 ${base64("0".repeat(64))}` },
    ],
  ])("%s", async (_, code, bytes, headers) => {
    const path = await begin(bytes.length, headers);
    expect(await problemOf(await patch(path, 0, bytes))).toBe(code);
    await nothingLeft();
    expect((await head(path)).status).toBe(404);
  });

  it("one that begins as none is refused before it is whole", async () => {
    const path = await begin(20e6);
    expect(await problemOf(await patch(path, 0, page))).toBe("unsupported_format");
    await nothingLeft();
  });

  it("one that is given up", async () => {
    const path = await begin(PHOTO.length);
    await patch(path, 0, PHOTO.subarray(0, HALF));
    const answer = await ask(path, { method: "DELETE", headers: TUS });
    expect(answer.status).toBe(204);
    await nothingLeft();
    expect(await problemOf(await ask(path, { method: "DELETE", headers: TUS }))).toBe("upload_not_found");
  });

  it("one that is given up, or whose user is erased, while it becomes an upload", async () => {
    for (const end of ["abandon", "erase"] as const) {
      const path = await begin(PHOTO.length, { "Upload-Metadata": `user ${base64("u_1")}` });
      const session = bindings.UPLOAD_SESSIONS.getByName(idOf(path));
      const racing = new Proxy(bindings.PICTURES, {
        get: (bucket, name) => {
          if (name !== "put") return Reflect.get(bucket, name).bind(bucket);
          return async (...put: Parameters<R2Bucket["put"]>) => {
            if (end === "abandon") await session.abandon();
            else await ask("/v1/users/u_1", { method: "DELETE" });
            return bucket.put(...put);
          };
        },
      });
      expect(await problemOf(await patch(path, 0, PHOTO, {}, { PICTURES: racing }))).toBe("upload_not_found");
      expect(await stored("uploads/")).toEqual([]);
      expect((await storedIn(bindings.UPLOAD_SESSIONS)).flat()).not.toContain("row of parts");
      await runDurableObjectAlarm(session);
      expect(await storedIn(bindings.UPLOAD_SESSIONS)).toEqual([]);
    }
  });

  it("one that has expired", async () => {
    const path = await begin(PHOTO.length, {}, { UPLOAD_SESSION_TTL: "60" });
    await patch(path, 0, PHOTO.subarray(0, HALF));
    const later = Date.now() + 60_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    expect((await head(path)).status).toBe(404);
    expect(await problemOf(await patch(path, HALF, PHOTO.subarray(HALF)))).toBe("upload_not_found");
    expect(await runDurableObjectAlarm(bindings.UPLOAD_SESSIONS.getByName(idOf(path)))).toBe(true);
    await nothingLeft();
  });

  it("while the storage is away all stays, and it is finished when that is back", async () => {
    const path = await begin(PHOTO.length);
    expect(await problemOf(await patch(path, 0, PHOTO, {}, { PICTURES: away }))).toBe("storage_unavailable");
    expect(await stored()).toEqual([]);
    expect(offsetOf(await head(path))).toBe(PHOTO.length);
    expect(await stored()).toEqual([`uploads/${idOf(path)}`]);
  });
});

describe("what is asked wrongly is told", () => {
  it.each<[string, string, () => ReturnType<typeof ask>]>([
    [
      "no version",
      "tus_version",
      () => ask("/v1/uploads/resumable", { method: "POST", headers: { "Upload-Length": "1" } }),
    ],
    ["another version", "tus_version", () => create(1, { "Tus-Resumable": "0.2.2" })],
    ["no length", "invalid_request", () => ask("/v1/uploads/resumable", { method: "POST", headers: TUS })],
    ["too long", "picture_too_large", () => create(30 * 1024 * 1024 + 1)],
    [
      "a user that is none",
      "invalid_request",
      () => create(1, { "Upload-Metadata": `user ${base64("Jane Doe")}` }),
    ],
    ["a part elsewhere", "upload_offset", async () => patch(await begin(10), 5, new Uint8Array(5))],
    [
      "a part that is too long",
      "picture_too_large",
      async () => patch(await begin(10), 0, new Uint8Array(11), { "Content-Length": "11" }),
    ],
    [
      "a part of another type",
      "unsupported_media_type",
      async () => patch(await begin(10), 0, new Uint8Array(10), { "Content-Type": "image/jpeg" }),
    ],
    [
      "what is not there",
      "upload_not_found",
      () => patch(`/v1/uploads/resumable/${"A".repeat(22)}`, 0, PHOTO),
    ],
    ["another method", "method_not_allowed", async () => ask(await begin(10), { headers: TUS })],
  ])("%s", async (_, code, send) => {
    expect(await problemOf(await send())).toBe(code);
  });

  it("a part that is longer than it says takes nothing beyond what was announced", async () => {
    const path = await begin(300_000);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(pictureOf(299_000));
        controller.enqueue(pictureOf(299_000));
        controller.close();
      },
    });
    expect(await problemOf(await patch(path, 0, body))).toBe("picture_too_large");
    expect(offsetOf(await head(path))).toBe(299_000);
  });

  it("OPTIONS says what there is", async () => {
    const answer = await ask("/v1/uploads/resumable", { method: "OPTIONS" });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "tus-resumable": "1.0.0",
      "tus-version": "1.0.0",
      "tus-extension": "creation,expiration,checksum,termination",
      "tus-max-size": `${30 * 1024 * 1024}`,
      "tus-checksum-algorithm": "sha1,sha256,sha512",
    });
  });
});

describe("nobody else sees it:", () => {
  it("not another key, and not a token of another user", async () => {
    const [mine, other] = [await makeKey(), await makeKey()];
    const own = await makeToken(mine.key, { user: "u_1" });
    const path = await begin(PHOTO.length, bearer(own), KEYS);
    const strangers = [other.key, await makeToken(mine.key, { user: "u_2" })];
    for (const stranger of strangers) {
      const headers = bearer(stranger);
      expect((await head(path, headers, KEYS)).status).toBe(404);
      expect(await problemOf(await patch(path, 0, PHOTO, headers, KEYS))).toBe("upload_not_found");
      expect(
        await problemOf(await ask(path, { method: "DELETE", headers: { ...TUS, ...headers }, env: KEYS })),
      ).toBe("upload_not_found");
    }
    expect((await patch(path, 0, PHOTO, bearer(own), KEYS)).status).toBe(204);
    for (const stranger of strangers) {
      const answer = await ask(`/v1/uploads/${idOf(path)}`, { headers: bearer(stranger), env: KEYS });
      expect(await problemOf(answer)).toBe("upload_not_found");
    }
    const upload = await (
      await ask(`/v1/uploads/${idOf(path)}`, { headers: bearer(mine.key), env: KEYS })
    ).json();
    expect(upload).toMatchObject({ user: "u_1" });
    const foreign = { ...bearer(own), "Upload-Metadata": `user ${base64("u_2")}` };
    expect(await problemOf(await create(1, foreign, KEYS))).toBe("forbidden");
  });
});
