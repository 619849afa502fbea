import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import broken from "../../../tests/fixtures/pictures/drawing.jpg?bytes";
import photo from "../../../tests/fixtures/pictures/rgb.png?bytes";
import { ask, bindings, codeOf, upload } from "../../../tests/support/workerd/ask.ts";
import {
  ASYNC,
  deliver,
  HOST,
  jobOf,
  OUTPUTS,
  of,
  PAINTER,
  PATH,
  post,
} from "../../../tests/support/workerd/stylizations.ts";

beforeEach(() => reset());

describe("POST /v1/stylizations", () => {
  it("draws, and answers how that ended", async () => {
    const source = `upload:${await upload(photo)}`;
    const formats = [{ format: "png" }, { format: "json" }].map((more) => ({ style: "toon", ...more }));
    const answer = await post({ source, outputs: [...OUTPUTS, ...formats], labels: { order: "77" } });
    const made = await of(answer);
    expect([answer.status, made.status, made.labels]).toEqual([200, "succeeded", { order: "77" }]);
    expect(made.outputs.map(({ contentType, width }) => [contentType, width])).toEqual([
      ["image/jpeg", 64],
      ["image/png", expect.any(Number)],
      ["application/json", undefined],
    ]);
    for (const { url, bytes, sha256 } of made.outputs) {
      const picture = await ask(url ?? "");
      expect([picture.status, picture.bytes.byteLength]).toEqual([200, bytes]);
      expect(picture.headers.get("ETag")).toBe(`"${sha256}"`);
    }
    const seen = await ask(`${PATH}/${made.id}`);
    expect(await seen.json()).toEqual(made);
    expect(seen.headers.get("Retry-After")).toBeNull();
  });

  it("answers 202 at once where that is preferred, and draws when the queue says so", async () => {
    const answer = await post({ source: `${HOST}/png`, outputs: OUTPUTS }, ASYNC);
    const queued = await of(answer);
    expect([answer.status, queued.status, answer.headers.get("Location")]).toEqual([
      202,
      "queued",
      `${PATH}/${queued.id}`,
    ]);
    expect(answer.headers.get("Preference-Applied")).toBe("respond-async");
    expect(answer.headers.get("Retry-After")).toBe("1");
    const seen = await ask(`${PATH}/${queued.id}`);
    expect([seen.status, seen.headers.get("Retry-After")]).toEqual([200, "1"]);
    expect((await deliver(queued.id)).explicitAcks).toEqual(["m"]);
    expect(await of(await ask(`${PATH}/${queued.id}`))).toMatchObject({ status: "succeeded" });
  });

  it("answers 202 when the wait is over, and goes on", async () => {
    const answer = await post(
      { source: `${HOST}/hang`, outputs: OUTPUTS },
      { Prefer: "wait=1" },
      { SOURCE_TIMEOUT: "2" },
    );
    expect([answer.status, answer.headers.get("Preference-Applied")]).toEqual([202, "wait=1"]);
    const { id } = await of(answer); // `ask` waited for what was done behind the answer too
    const { outputs, status } = await of(await ask(`${PATH}/${id}`));
    expect([status, outputs[0]?.status]).toEqual(["running", "queued"]); // for another try
  });

  it("answers the picture itself where one is asked for before JSON", async () => {
    const request = { source: `${HOST}/png?seed=2`, outputs: [{ style: "toon", width: 40, format: "png" }] };
    const answer = await post(request, { Accept: "image/*" });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    const url = answer.headers.get("Content-Location") ?? "";
    expect((await ask(url)).bytes).toEqual(answer.bytes);
    const about = /<(.*)>/.exec(answer.headers.get("Link") ?? "")?.[1] ?? "";
    expect((await of(await ask(about))).outputs[0]?.url).toBe(url);
    const two = await post({ ...request, outputs: [...request.outputs, ...OUTPUTS] }, { Accept: "image/*" });
    expect(two.headers.get("Content-Type")).toBe("application/json");
  });

  it("answers the problem of the one picture where that failed, and tells it among others", async () => {
    const request = { source: `${HOST}/body?text=no+picture`, outputs: OUTPUTS };
    const answer = await post(request, { Accept: "image/png" });
    expect([answer.status, await codeOf(answer)]).toEqual([415, "unsupported_format"]);
    const told = await post(request);
    const { status, outputs } = await of(told);
    expect([told.status, status, outputs[0]?.status, outputs[0]?.error?.code]).toEqual([
      200,
      "failed",
      "failed",
      "unsupported_format",
    ]);
  });

  it.each([
    ["", "invalid_request", undefined],
    ["[]", "invalid_request", ""],
    ['{"source":"x"}', "invalid_request", "/outputs"],
    [{ source: "x", outputs: [] }, "invalid_request", "/outputs"],
    [{ source: "x", outputs: Array.from({ length: 17 }, () => OUTPUTS[0]) }, "invalid_request", "/outputs"],
    [{ source: "x", outputs: OUTPUTS, colour: 1 }, "invalid_request", "/colour"],
    [{ source: "x", outputs: [{ ...OUTPUTS[0], width: 0 }] }, "invalid_request", "/outputs/0/width"],
    [{ source: "x", outputs: OUTPUTS, user: "a b" }, "invalid_request", "/user"],
    [{ source: "x", outputs: OUTPUTS }, "invalid_source", "/source"],
    [{ source: "upload:../x", outputs: OUTPUTS }, "invalid_source", "/source"],
    [{ source: "http://10.0.0.1/a.jpg", outputs: OUTPUTS }, "source_not_allowed", "/source"],
    [{ source: "r2:nobody/a.jpg", outputs: OUTPUTS }, "source_not_allowed", "/source"],
    [{ source: "upload:AAAAAAAAAAAAAAAAAAAAAA", outputs: OUTPUTS }, "upload_not_found", undefined],
    [
      { source: `${HOST}/png`, outputs: [OUTPUTS[0], { style: "nobody" }] },
      "unknown_style",
      "/outputs/1/style",
    ],
    [
      { source: `${HOST}/png`, outputs: [{ style: "toon", version: "00000000" }] },
      "unknown_version",
      "/outputs/0/version",
    ],
    [
      { source: `${HOST}/png`, outputs: [{ style: "toon", width: 9000, height: 9000, fit: "cover" }] },
      "invalid_option",
      "/outputs/0",
    ],
    [
      { source: `${HOST}/png`, outputs: OUTPUTS, webhook: "https://app.example.com/" },
      "webhook_secret_missing",
      undefined,
    ],
  ])("refuses %j: %s", async (request, code, pointer) => {
    const answer = await post(request);
    const problem = (await answer.json()) as { code: string; errors?: { pointer: string }[] };
    expect([problem.code, problem.errors?.[0]?.pointer]).toEqual([code, pointer]);
  });

  it("refuses other bodies than JSON and forms, and JSON that is too long", async () => {
    const send = (type: string, body: string) =>
      ask(PATH, { method: "POST", headers: { "Content-Type": type }, body: new TextEncoder().encode(body) });
    expect(await codeOf(await send("text/plain", "{}"))).toBe("unsupported_media_type");
    expect(await codeOf(await send("application/json", " ".repeat(70_000)))).toBe("body_too_large");
    expect((await bindings.PICTURES.list()).objects).toEqual([]);
  });
});

describe("a form with a photo", () => {
  const form = (parts: Record<string, string | Uint8Array>, headers = {}) => {
    const data = new FormData();
    for (const [name, part] of Object.entries(parts))
      data.append(name, typeof part === "string" ? part : new File([new Uint8Array(part)], "me.png"));
    const { body, headers: own } = new Response(data);
    const type = { "Content-Type": own.get("Content-Type") ?? "" };
    return ask(PATH, {
      method: "POST",
      headers: { ...type, ...headers },
      body: body as ReadableStream,
      env: PAINTER,
    });
  };
  const request = JSON.stringify({ outputs: OUTPUTS });
  const bytes = new Uint8Array(photo);
  const large = new Uint8Array(31 * 2 ** 20);
  large.set(photo);
  const uploads = async () => (await bindings.PICTURES.list({ prefix: "uploads/" })).objects.length;

  it("is stored as an upload and drawn, in whatever order", async () => {
    for (const parts of [
      { file: bytes, request },
      { request, file: bytes },
    ]) {
      const made = await of(await form(parts));
      expect([made.status, made.source]).toEqual(["succeeded", expect.stringMatching(/^upload:[\w-]{22}$/)]);
      const again = await post({ source: made.source, outputs: OUTPUTS });
      expect((await of(again)).status).toBe("succeeded");
    }
  });

  it("that is sent again under its name leaves one upload", async () => {
    const name = { "Idempotency-Key": "form-1" };
    const first = await of(await form({ file: bytes, request }, name));
    const second = await of(await form({ request, file: bytes }, name));
    expect(second).toEqual(first);
    const other = await form({ file: new Uint8Array(broken), request }, name);
    expect(await codeOf(other)).toBe("idempotency_mismatch");
    expect(await uploads()).toBe(1);
  });

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ["no photo", { request }, "invalid_request"],
    ["no request", { file: bytes }, "invalid_request"],
    ["another field", { file: bytes, request, colour: "red" }, "invalid_request"],
    ["a request that is no JSON", { file: bytes, request: "{" }, "invalid_request"],
    ["a source besides", { file: bytes, request: '{"source":"upload:x","outputs":[]}' }, "invalid_request"],
    ["a request that is too long", { file: bytes, request: " ".repeat(70_000) }, "invalid_request"],
    ["a photo that is none", { file: new TextEncoder().encode("<html>"), request }, "unsupported_format"],
    ["a photo of 31 MiB", { file: large, request }, "picture_too_large"],
  ])("with %s is refused, and leaves nothing", async (_, parts, code) => {
    expect(await codeOf(await form(parts))).toBe(code);
    expect((await bindings.PICTURES.list()).objects).toEqual([]);
  });

  it("that is none is refused", async () => {
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    const answer = await ask(PATH, { method: "POST", headers, body: new TextEncoder().encode("nothing") });
    expect(await codeOf(answer)).toBe("invalid_request");
    const without = await ask(PATH, {
      method: "POST",
      headers: { "Content-Type": "multipart/form-data" },
      body: photo,
    });
    expect(await codeOf(without)).toBe("invalid_request");
  });
});

describe("an Idempotency-Key", () => {
  const name = (key: string) => ({ "Idempotency-Key": key });
  const request = { source: `${HOST}/png?seed=9`, outputs: OUTPUTS };

  it("has the same request answered with what the first made, however it is asked for", async () => {
    const first = await post(request, name("one"));
    const again = await post({ outputs: OUTPUTS, source: request.source }, name("one"));
    expect([again.status, await of(again)]).toEqual([200, await of(first)]);
    const told = [first, again].map(({ headers }) => headers.get("Idempotency-Replayed"));
    expect(told).toEqual([null, "true"]);
    const later = await post(request, { ...name("one"), ...ASYNC });
    expect(later.status).toBe(200);
    const picture = await post(request, { ...name("one"), Accept: "image/*" });
    expect(picture.headers.get("Content-Type")).toBe("image/jpeg");
    expect((await bindings.PICTURES.list({ prefix: "outputs/" })).objects).toHaveLength(1);
  });

  it("of an asynchronous request is answered with 202 while that is under way", async () => {
    const [first, second] = await Promise.all([
      post(request, { ...name("two"), ...ASYNC }),
      post(request, { ...name("two"), ...ASYNC }),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect((await of(second)).id).toBe((await of(first)).id);
    expect((await post(request, name("two"))).status).toBe(202);
  });

  it("of a request that still waits for its answer is a conflict", async () => {
    const slow = { source: `${HOST}/hang`, outputs: OUTPUTS };
    const waiting = post(slow, { ...name("three"), Prefer: "wait=2" }, { SOURCE_TIMEOUT: "3" });
    const again = async () => {
      const { status, headers } = await post(slow, name("three"), { SOURCE_TIMEOUT: "1", SYNC_TIMEOUT: "1" });
      return [status, headers.get("Retry-After")];
    };
    await expect.poll(again).toEqual([409, "1"]);
    expect((await post(slow, { ...name("three"), ...ASYNC })).status).toBe(202);
    expect((await waiting).status).toBe(202);
    expect((await post(slow, name("three"))).status).toBe(202); // the first was answered so
  });

  it("of another request is refused, whatever differs", async () => {
    await post(request, { ...name("four"), ...ASYNC });
    for (const other of [
      { ...request, source: `${HOST}/png?seed=10` },
      { ...request, outputs: [{ style: "toon", width: 65 }] },
      { ...request, user: "u1" },
      { ...request, labels: { a: "b" } },
    ]) {
      const answer = await post(other, name("four"));
      expect([answer.status, await codeOf(answer)]).toEqual([422, "idempotency_mismatch"]);
    }
  });

  it("stays taken where its stylization was deleted", async () => {
    const { id } = await of(await post(request, name("five")));
    expect((await ask(`${PATH}/${id}`, { method: "DELETE" })).status).toBe(204);
    const again = await post(request, name("five"));
    expect(await codeOf(again)).toBe("idempotency_mismatch");
  });

  it.each(["", "a b", "ü", "x".repeat(256)])("%j is none", async (key) => {
    expect(await codeOf(await post(request, name(key)))).toBe("invalid_request");
  });
});

describe("GET and DELETE /v1/stylizations/{id}", () => {
  it("know nothing of an id that was never given out, and store nothing for it", async () => {
    const id = "A".repeat(22);
    for (const asked of [{}, { method: "DELETE" }])
      expect(await codeOf(await ask(`${PATH}/${id}`, asked))).toBe("stylization_not_found");
    expect(await codeOf(await ask(`${PATH}/${id}/events`))).toBe("stylization_not_found");
    expect(await codeOf(await ask(`${PATH}/x`))).toBe("invalid_request");
    expect(await jobOf(id).read()).toBeUndefined();
  });

  it("cancel what is under way: nothing is drawn any more", async () => {
    const { id } = await of(await post({ source: `${HOST}/echo/canceled`, outputs: OUTPUTS }, ASYNC));
    const canceled = await ask(`${PATH}/${id}`, { method: "DELETE" });
    expect(await of(canceled)).toMatchObject({ status: "canceled", outputs: [{ status: "canceled" }] });
    expect((await deliver(id)).explicitAcks).toEqual(["m"]);
    expect(await (await fetch(`${HOST}/log/canceled`)).json()).toEqual([]);
    expect((await of(await ask(`${PATH}/${id}`))).status).toBe("canceled");
  });

  it("delete what is over, and its pictures", async () => {
    const made = await of(await post({ source: `${HOST}/png`, outputs: OUTPUTS }));
    const gone = await ask(`${PATH}/${made.id}`, { method: "DELETE" });
    expect([gone.status, gone.bytes.length]).toEqual([204, 0]);
    expect(await codeOf(await ask(`${PATH}/${made.id}`))).toBe("stylization_not_found");
    expect(await codeOf(await ask(made.outputs[0]?.url ?? ""))).toBe("picture_not_found");
    expect((await bindings.PICTURES.list({ prefix: "outputs/" })).objects).toEqual([]);
    expect(await codeOf(await ask(`${PATH}/${made.id}`, { method: "DELETE" }))).toBe("stylization_not_found");
  });
});
