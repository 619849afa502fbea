import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, ask, bindings, codeOf } from "../../../tests/support/workerd/ask.ts";
import { KEYS } from "../../../tests/support/workerd/keys.ts";
import { HOST, of, PATH, post } from "../../../tests/support/workerd/stylizations.ts";

beforeEach(() => reset());
afterEach(() => {
  vi.useRealTimers();
});

async function made(format = "png") {
  const stylization = await of(
    await post({ source: `${HOST}/png`, outputs: [{ style: "toon", width: 64, format }] }),
  );
  const [output] = stylization.outputs;
  if (!output?.url) throw new Error("no picture");
  const url = output.url;
  return { ...stylization, output, url, get: (asked: Asked = {}) => ask(url, asked) };
}

describe("GET /v1/pictures/{id}", () => {
  it("answers whoever knows the name, without a key, and nothing that a browser would run", async () => {
    const { url, output, get } = await made();
    const answer = await ask(url, { env: KEYS });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    expect(answer.bytes.byteLength).toBe(output.bytes);
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(answer.headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
    expect(answer.headers.get("Content-Disposition")).toBe('inline; filename="toon.png"');
    const head = await get({ method: "HEAD" });
    expect([head.status, head.bytes.byteLength, head.headers.get("Content-Length")]).toEqual([
      200,
      0,
      `${output.bytes}`,
    ]);
  });

  it("answers 304 to whoever has it, and parts of it", async () => {
    const { get, output } = await made();
    const whole = await get();
    const etag = whole.headers.get("ETag") ?? "";
    for (const condition of [etag, `W/${etag}`, `"x", ${etag}`, "*"])
      expect((await get({ headers: { "If-None-Match": condition } })).status).toBe(304);
    expect((await get({ headers: { "If-None-Match": '"x"' } })).status).toBe(200);
    const size = output.bytes ?? 0;
    for (const [range, from, to] of [
      ["bytes=0-9", 0, 10],
      ["bytes=5-", 5, size],
      ["bytes=-7", size - 7, size],
    ] as const) {
      const part = await get({ headers: { Range: range } });
      expect([part.status, part.headers.get("Content-Range")]).toEqual([
        206,
        `bytes ${from}-${to - 1}/${size}`,
      ]);
      expect(part.bytes).toEqual(whole.bytes.slice(from, to));
    }
    const beyond = await get({ headers: { Range: `bytes=${size}-` } });
    expect([beyond.status, beyond.headers.get("Content-Range")]).toEqual([416, `bytes */${size}`]);
    expect((await get({ headers: { Range: "bytes=0-9", "If-Range": '"x"' } })).status).toBe(200);
  });

  it("tells no cache on the way to keep it, and nobody to keep it longer than it is kept here", async () => {
    const { get, expiresAt } = await made();
    expect((await get()).headers.get("Cache-Control")).toBe("private, max-age=86400, must-revalidate");
    vi.setSystemTime(Date.parse(expiresAt) - 90_000);
    expect((await get()).headers.get("Cache-Control")).toBe("private, max-age=90, must-revalidate");
    vi.setSystemTime(Date.parse(expiresAt)); // though no alarm has deleted it yet
    expect(await codeOf(await get())).toBe("picture_not_found");
  });

  it("answers 404 once its stylization is deleted, and of names that were never given out", async () => {
    const { get, id } = await made("json");
    expect((await get()).headers.get("Content-Type")).toBe("application/json");
    await ask(`${PATH}/${id}`, { method: "DELETE" });
    for (const method of ["GET", "HEAD"]) expect((await get({ method })).status).toBe(404);
    expect(await codeOf(await ask(`/v1/pictures/${"A".repeat(22)}`))).toBe("picture_not_found");
    expect(await codeOf(await ask("/v1/pictures/..%2Fuploads"))).toBe("invalid_request");
  });

  it("says so where the storage is away", async () => {
    const { get } = await made();
    const away = { head: () => Promise.reject(new Error("away")) } as unknown as R2Bucket;
    expect(await codeOf(await get({ env: { PICTURES: away } }))).toBe("storage_unavailable");
    expect((await bindings.PICTURES.list({ prefix: "outputs/" })).objects).toHaveLength(1);
  });
});
