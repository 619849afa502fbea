import { createExecutionContext, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, bindings, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import type { Upload } from "../../contract/api/uploads.ts";
import { sha256 } from "../../contract/encoding.ts";
import { app } from "../app.ts";
import type { Trace } from "../erasure/trace.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const PHOTO = readPicture("rgb.png");
const HOST = "https://photos.example.com";

const post = (body: Asked["body"], headers = {}, query = "", env = {}) =>
  ask(`/v1/uploads${query}`, { method: "POST", headers, env, ...(body ? { body } : {}) });

/** Gives the answer as soon as it begins. */
const begin = (body: ReadableStream, headers: HeadersInit) => {
  const request = new Request("https://stylegate.localhost/v1/uploads", { method: "POST", headers, body });
  return app.fetch(request, bindings, createExecutionContext());
};

const asJson = (value: unknown, env = {}) =>
  post(new TextEncoder().encode(JSON.stringify(value)), { "Content-Type": "application/json" }, "", env);

async function asForm(fields: Record<string, string | Uint8Array>, headers = {}) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields))
    data.set(name, typeof value === "string" ? value : new File([value], "me.jpg", { type: "image/jpeg" }));
  const form = new Response(data);
  return post(await form.bytes(), { ...Object.fromEntries(form.headers), ...headers });
}

const digestOf = async (algorithm: string, bytes: Uint8Array) =>
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(algorithm, bytes))));

describe("a photo may come", () => {
  const ways: [string, () => ReturnType<typeof ask>][] = [
    ["as bytes", () => post(PHOTO, { "Content-Type": "image/png" }, "?user=u_1")],
    [
      "as bytes of whatever curl calls them",
      () => post(PHOTO, { "Content-Type": "application/x-www-form-urlencoded" }, "?user=u_1"),
    ],
    ["in a form", () => asForm({ user: "u_1", file: PHOTO })],
    ["in a form, before its user", () => asForm({ file: PHOTO, user: "u_1" })],
  ];
  it.each(ways)("%s", async (_, send) => {
    const before = Date.now();
    const answer = await send();
    expect(answer.status).toBe(201);
    const upload = await answer.json<Upload>();
    expect(upload).toMatchObject({
      ...{ width: 64, height: 48, format: "png", bytes: PHOTO.length, user: "u_1" },
      sha256: await sha256(PHOTO),
    });
    const [from, until] = [upload.createdAt, upload.expiresAt ?? ""].map((time) => Date.parse(time)) as [
      number,
      number,
    ];
    expect(from).toBeGreaterThanOrEqual(before);
    expect(until - from).toBe(90 * 86_400_000);
    expect(answer.headers.get("Location")).toBe(`/v1/uploads/${upload.id}`);
    expect(await (await ask(`/v1/uploads/${upload.id}`)).json()).toEqual(upload);
    expect((await ask(upload.image ?? "")).status).toBe(200);
  });

  it("from a source that the service fetches", async () => {
    const answer = await asJson({ source: `${HOST}/png?seed=5&signature=secret`, user: "u_1" });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ format: "png", user: "u_1" });
    const [{ customMetadata } = {}] = (
      await bindings.PICTURES.list({ prefix: "uploads/", include: ["customMetadata"] })
    ).objects;
    expect(JSON.stringify(customMetadata)).not.toContain("secret");
  });

  it("in a form whose user is left empty", async () => {
    const answer = await asForm({ user: "", file: PHOTO });
    expect(answer.status).toBe(201);
    expect(await answer.json()).not.toHaveProperty("user");
  });

  it("for ever, where UPLOAD_TTL says so", async () => {
    const upload = await (await post(PHOTO, {}, "", { UPLOAD_TTL: "0" })).json<Upload>();
    expect(upload).not.toHaveProperty("expiresAt");
  });
});

describe("of what is refused nothing is stored:", () => {
  const cut = readPicture("large.jpg").subarray(0, 600);
  const page = new TextEncoder().encode(`<html>${" ".repeat(40_000)}`);
  const cases: [string, string, () => ReturnType<typeof ask>][] = [
    ["no picture", "unsupported_format", () => post(page)],
    ["a cut one", "corrupt_picture", () => post(cut)],
    ["nothing", "corrupt_picture", () => post(undefined)],
    ["no picture in a form", "unsupported_format", () => asForm({ user: "u_1", file: page })],
    ["a form without a file", "invalid_request", () => asForm({ user: "u_1" })],
    ["a form with a user that is none", "invalid_request", () => asForm({ file: PHOTO, user: "Jane Doe" })],
    [
      "a form with a field of a megabyte",
      "invalid_request",
      () => asForm({ note: "x".repeat(1e6), file: PHOTO }),
    ],
    ["a form with a field that nobody reads", "invalid_request", () => asForm({ file: PHOTO, usr: "u_1" })],
    [
      "a form that ends early",
      "invalid_request",
      () => post(PHOTO, { "Content-Type": "multipart/form-data; boundary=x" }),
    ],
    [
      "a form without a boundary",
      "invalid_request",
      () => post(PHOTO, { "Content-Type": "multipart/form-data" }),
    ],
    ["a user that is none", "invalid_request", () => post(PHOTO, {}, "?user=Jane%20Doe")],
    ["an upload as the source", "invalid_source", () => asJson({ source: `upload:${"A".repeat(22)}` })],
    [
      "a source that is not allowed",
      "source_not_allowed",
      () => asJson({ source: `${HOST}/png` }, { ALLOWED_SOURCES: "other.example" }),
    ],
    [
      "a source's redirect to what is not allowed",
      "source_not_allowed",
      () => asJson({ source: `${HOST}/redirect?to=http://127.0.0.1/` }),
    ],
    ["a source that is not there", "source_not_found", () => asJson({ source: `${HOST}/status/404` })],
    [
      "a source that is no picture",
      "unsupported_format",
      () => asJson({ source: `${HOST}/text?length=9000` }),
    ],
    ["JSON with what nobody knows", "invalid_request", () => asJson({ source: `${HOST}/png`, url: "x" })],
    ["no JSON", "invalid_request", () => post(PHOTO, { "Content-Type": "application/json" })],
    [
      "no JSON, whatever kind of it is announced",
      "invalid_request",
      () => post(PHOTO, { "Content-Type": "application/ld+json; charset=utf-8" }),
    ],
    ["JSON of a megabyte", "body_too_large", () => asJson({ source: "x".repeat(1e6) })],
  ];
  it.each(cases)("%s", async (_, code, send) => {
    expect(await problemOf(await send())).toBe(code);
    expect(await stored()).toEqual([]);
  });

  it("a photo of whose user it cannot be said whether they were erased meanwhile", async () => {
    const users = bindings.USERS;
    const getByName = (name: string) => {
      const record = users.getByName(name);
      return {
        add: (trace: Trace) => record.add(trace),
        remove: (trace: Trace) => record.remove(trace),
        holds: async () => {
          expect(await stored("uploads/")).toHaveLength(1);
          throw new Error("the record is away");
        },
      };
    };
    const answer = await post(PHOTO, {}, "?user=u_1", { USERS: { getByName } });
    expect(await problemOf(answer)).toBe("storage_unavailable");
    expect(await stored()).toEqual([]);
    expect(await (await ask("/v1/users/u_1")).json()).toMatchObject({ uploads: [] });
    expect((await post(PHOTO, {}, "?user=u_1")).status).toBe(201);
    expect(await stored("uploads/")).toHaveLength(1);
  });

  it("a form beyond 30 MiB, which is not read to its end before that is said", async () => {
    let [sent, isAnswered] = [0, false];
    const head = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n`;
    const first = new Uint8Array([...new TextEncoder().encode(head), ...PHOTO.subarray(0, 33)]);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(first),
      pull: async (controller) => {
        await scheduler.wait(0); // as a network has it: others have their turn
        if (isAnswered) return controller.close();
        sent += 1e6;
        controller.enqueue(new Uint8Array(1e6));
      },
    });
    const answer = await begin(body, { "Content-Type": "multipart/form-data; boundary=x" });
    isAnswered = true;
    expect(sent).toBeLessThan(40e6);
    expect(await problemOf(answer)).toBe("picture_too_large");
    expect(await stored()).toEqual([]);
  });

  it.each([
    ["bytes", {}, ""],
    [
      "a form",
      { "Content-Type": "multipart/form-data; boundary=x" },
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
    ],
  ])(
    "%s that are no picture, of which no more is read than says so before that is said",
    async (_, headers, head) => {
      let [sent, isAnswered] = [0, false];
      const body = new ReadableStream<Uint8Array>({
        start: (controller) =>
          controller.enqueue(new TextEncoder().encode(`${head}%PDF-1.7 ${" ".repeat(5000)}`)),
        pull: async (controller) => {
          await scheduler.wait(0); // as a network has it: others have their turn
          if (isAnswered) return controller.close();
          sent += 1000;
          controller.enqueue(new Uint8Array(1000));
        },
      });
      const answer = await begin(body, headers);
      isAnswered = true;
      expect(sent).toBeLessThan(100_000);
      expect(await problemOf(answer)).toBe("unsupported_format");
    },
  );
});

describe("a digest that was announced", () => {
  const wrong = btoa("x".repeat(32));
  it.each<[string, (right: string, right512: string) => Record<string, string>, string | undefined]>([
    ["is right", (right) => ({ "Content-Digest": `sha-256=:${right}:` }), undefined],
    [
      "is right, of two",
      (right, right512) => ({ "Repr-Digest": `sha-256=:${right}:, sha-512=:${right512}:` }),
      undefined,
    ],
    [
      "is of an algorithm that nobody knows",
      () => ({ "Repr-Digest": `md5=:${wrong}:, x-y=:AAAA:;p=1` }),
      undefined,
    ],
    ["is wrong", () => ({ "Content-Digest": `sha-256=:${wrong}:` }), "digest_mismatch"],
    [
      "is wrong beside one that is right",
      (right) => ({ "Repr-Digest": `sha-256=:${right}:, sha-512=:${wrong}:` }),
      "digest_mismatch",
    ],
    [
      "is wrong in the other header",
      (right) => ({ "Content-Digest": `sha-256=:${right}:`, "Repr-Digest": `sha-256=:${wrong}:` }),
      "digest_mismatch",
    ],
    ["is too short", () => ({ "Content-Digest": "sha-256=::" }), "digest_mismatch"],
    ["is none", () => ({ "Content-Digest": "sha-256=abc" }), "invalid_request"],
    ["is no base64", () => ({ "Content-Digest": "sha-256=:A:" }), "invalid_request"],
  ])("%s", async (_, headers, code) => {
    const answer = await post(
      PHOTO,
      headers(await digestOf("SHA-256", PHOTO), await digestOf("SHA-512", PHOTO)),
    );
    if (code === undefined) return expect(answer.status).toBe(201);
    expect(await problemOf(answer)).toBe(code);
    expect(await stored()).toEqual([]);
  });

  it("is of the whole form, where there is one", async () => {
    const data = new FormData();
    data.set("file", new File([PHOTO], "me.png"));
    const form = new Response(data);
    const bytes = await form.clone().bytes();
    const headers = Object.fromEntries(form.headers);
    const right = { "Content-Digest": `sha-256=:${await digestOf("SHA-256", bytes)}:` };
    expect((await post(bytes, { ...headers, ...right })).status).toBe(201);
    const wrong = { "Content-Digest": `sha-256=:${await digestOf("SHA-256", PHOTO)}:` };
    expect(await problemOf(await post(bytes, { ...headers, ...wrong }))).toBe("digest_mismatch");
  });
});

it("what is stored has no Exif, and the digest is of what was sent", async () => {
  const photo = readPicture("exif-6.jpg");
  const upload = await (await post(photo)).json<Upload>();
  expect(upload).toMatchObject({ width: 48, height: 64, bytes: photo.length, sha256: await sha256(photo) });
  const bytes = await (await bindings.PICTURES.get(`uploads/${upload.id}`))?.bytes();
  expect(bytes?.length).toBeLessThan(photo.length);
});

describe("an upload that has expired", () => {
  it("is gone at the second, though its object is still there", async () => {
    const upload = await (await post(PHOTO, {}, "", { UPLOAD_TTL: "60" })).json<Upload>();
    const image = upload.image ?? "";
    const first = await ask(image);
    expect(first.headers.get("Cache-Control")).toMatch(
      /^public, max-age=(?:60|59), stale-while-revalidate=0$/,
    );
    vi.spyOn(Date, "now").mockReturnValue(Date.parse(upload.expiresAt ?? ""));
    for (const path of [image, `/v1/uploads/${upload.id}`])
      expect(await problemOf(await ask(path)), path).toBe("upload_not_found");
    expect(await stored()).toContain(`uploads/${upload.id}`);
  });
});
