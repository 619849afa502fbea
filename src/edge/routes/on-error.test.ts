import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import { type Asked, ask, bindings, inferences, upload } from "../../../tests/support/workerd/ask.ts";
import type { Bindings } from "../bindings.ts";
import { decode } from "../image/index.ts";
import { probe } from "../source/probe.ts";

const HOST = "https://photos.example.com";
const named = { ALLOWED_SOURCES: "photos.example.com" };
const path = (source: string, options = ",onerror=redirect") => `/image/style=handdrawn${options}/${source}`;
const down = { INFERENCE_URL: "http://network.example.com/status/503" };
let seed = 13_000;

beforeEach(reset);

describe("onerror=redirect leads to the source", () => {
  it.each<[string, string, Partial<Bindings>?]>([
    ["when the network is down", "/png?seed=13900", down],
    ["when its server fails", "/status/500"],
    ["when its server is away", "/refuse"],
    ["when it is gone", "/status/404"],
    ["when its server wants a cookie", "/status/403"],
    ["when it is of a format that browsers may know", "/text?length=5000"],
  ])("%s", async (_, at, env = {}) => {
    const source = `${HOST}${at}`;
    const answer = await ask(path(source), { env: { ...named, ...env } });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("Location")).toBe(source);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.headers.get("Server-Timing")).toMatch(/, error;desc=\w+, traceparent;/);
    expect(answer.bytes).toHaveLength(0);
  });

  it("as a URL of one line, whatever it holds", async () => {
    const answer = await ask(path(`${HOST}/status/404?a=%0d%0aSet-Cookie:x`), { env: named });
    expect(answer.headers.get("Location")).toBe(`${HOST}/status/404?a=%0d%0aSet-Cookie:x`);
    expect(answer.headers.get("Set-Cookie")).toBeNull();
  });
});

describe("onerror=redirect leads nowhere", () => {
  it.each<[string, string, Asked]>([
    ["a host that is not allowed", "https://evil.example.com/status/404", { env: named }],
    ["a private address", "http://127.0.0.1/", { env: { ALLOWED_SOURCES: "*" } }],
    ["any host under *, as an open redirect would", `${HOST}/status/404`, { env: { ALLOWED_SOURCES: "*" } }],
    [
      "a path that is not allowed",
      `${HOST}/status/404`,
      { env: { ALLOWED_SOURCES: "photos.example.com/a" } },
    ],
    ["what its redirect may not reach", `${HOST}/redirect?to=http://10.0.0.1/`, { env: named }],
    ["an upload", `upload:${"A".repeat(22)}`, { env: named }],
    ["a private bucket", "r2:photos/a.png", { env: { ...named, SOURCE_BUCKETS: "photos=PHOTOS" } }],
    ["ourselves", `${HOST}/status/404`, { env: named, headers: { Via: "1.1 stylegate" } }],
  ])("when the source is %s", async (_, source, asked) => {
    const answer = await ask(path(source), asked);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get("Location")).toBeNull();
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("when the options are wrong", async () => {
    const answer = await ask(path(`${HOST}/status/404`, ",onerror=redirect,width=0"), { env: named });
    expect(answer.status).toBe(400);
  });

  it("when it is not asked for, or nothing fails", async () => {
    expect((await ask(path(`${HOST}/status/404`, ""), { env: named })).status).toBe(404);
    expect((await ask(path(`${HOST}/png?seed=${seed++}`), { env: named })).status).toBe(200);
  });
});

describe("FALLBACK_IMAGE", () => {
  const { PHOTOS } = bindings as Bindings & { PHOTOS: R2Bucket };
  let env: Partial<Bindings>;

  beforeEach(async () => {
    const key = `nobody-${seed++}.png`;
    await PHOTOS.put(key, readPicture("rgb.png"));
    env = { SOURCE_BUCKETS: "pictures=PHOTOS", FALLBACK_IMAGE: `r2:pictures/${key}` };
  });

  async function pixels(bytes: Uint8Array) {
    const probed = probe(bytes);
    if (!probed.ok) throw new Error(probed.detail);
    return decode(bytes, probed, { longSide: 4096 });
  }

  it.each([
    [404, `${HOST}/status/404`],
    [502, `${HOST}/status/500`],
    [415, `${HOST}/body?text=x`],
    [404, `upload:${"A".repeat(22)}`],
  ])("is answered with the problem's status %d, undrawn, as it was asked for", async (status, source) => {
    const before = await inferences();
    for (let times = 0; times < 2; times++) {
      const answer = await ask(path(source, ",width=32,height=32,fit=cover,format=png"), { env });
      expect(answer.status).toBe(status);
      expect(answer.headers.get("Content-Type")).toBe("image/png");
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(answer.headers.get("ETag")).toBeNull();
      expect(answer.headers.get("Server-Timing")).toMatch(/error;desc=\w+, traceparent;/);
      expect(Number(answer.headers.get("Content-Length"))).toBe(answer.bytes.length);
      expect(await pixels(answer.bytes)).toMatchObject({ width: 32, height: 32 });
    }
    expect(await inferences()).toBe(before);
  });

  it("is the picture that was named, and another than its drawing", async () => {
    const failed = await pixels((await ask(path(`${HOST}/status/404`, ",format=png"), { env })).bytes);
    const original = await pixels(readPicture("rgb.png"));
    expect(pixelAt(failed, 5, 5)).toEqual(pixelAt(original, 5, 5));
    const drawn = await ask(path(String(env.FALLBACK_IMAGE), ",format=png"), { env });
    expect(drawn.status).toBe(200);
    expect((await pixels(drawn.bytes)).data).not.toEqual(failed.data);
  });

  it("has FALLBACK_STATUS where that is set", async () => {
    const answer = await ask(path(`${HOST}/status/404`, ""), { env: { ...env, FALLBACK_STATUS: "200" } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
  });

  it("is there when the network is down, and says when to try again", async () => {
    const answer = await ask(path(`${HOST}/png?seed=${seed++}`, ""), { env: { ...env, ...down } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Content-Type")).toBe("image/jpeg");
    expect(answer.headers.get("Retry-After")).toBe("5");
  });

  it("comes after onerror=redirect", async () => {
    const answer = await ask(path(`${HOST}/status/404`), { env: { ...env, ...named } });
    expect(answer.status).toBe(302);
  });

  it.each([
    ["wrong options", `${HOST}/status/404`, ",width=0", 400],
    ["a source that is not allowed", "http://127.0.0.1/", "", 403],
    ["a description", `${HOST}/status/404`, ",format=json", 404],
  ])("does not hide %s", async (_, source, options, status) => {
    const answer = await ask(path(source, options), { env });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("that is not there itself leaves the problem as it was", async () => {
    const answer = await ask(path(`${HOST}/status/410`, ""), {
      env: { ...env, FALLBACK_IMAGE: "r2:pictures/missing.png" },
    });
    expect(await answer.json()).toMatchObject({
      code: "source_not_found",
      detail: expect.stringContaining("410"),
    });
  });

  it("may be an upload", async () => {
    const id = await upload(readPicture("rgb.jpg"));
    const answer = await ask(path(`${HOST}/status/404`, ""), { env: { FALLBACK_IMAGE: `upload:${id}` } });
    expect(answer.headers.get("Content-Type")).toBe("image/jpeg");
  });
});
