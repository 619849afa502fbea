import { describe, expect, it, vi } from "vitest";
import { PICTURE_NAMES, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import type { Fetched } from "./fetched.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { MAX_PICTURE_BYTES, probe } from "./probe.ts";
import type { Validator } from "./record.ts";
import { parseSourcePolicy } from "./source-policy.ts";

/** Everything goes to tests/support/internet.ts, which does what the URL says. */
const ORIGIN = "http://photos.example.com";

const NO_VALIDATOR = { etag: undefined, lastModified: undefined };

function get(
  path: string,
  {
    validator,
    timeout = 5_000,
    patterns = "*",
    fetch: ownFetch = (input, init) => fetch(input, init),
  }: { validator?: Validator; timeout?: number; patterns?: string; fetch?: typeof fetch } = {},
): Promise<Fetched> {
  const parsed = parseSourcePolicy(patterns);
  if (!parsed.ok) throw new Error(parsed.complaint);
  return guardedFetch(new URL(path, ORIGIN), validator, { policy: parsed.value, timeout, fetch: ownFetch });
}

const redirect = (to: string) => `/redirect?to=${encodeURIComponent(to)}`;

describe("guardedFetch", () => {
  it("brings the bytes, and what to ask with next time", async () => {
    const fetched = await get("/png?seed=1&etag&cache-control=max-age=77");
    expect(fetched).toMatchObject({
      ok: true,
      changed: true,
      headers: { cacheControl: "max-age=77" },
    });
    if (!fetched.ok || !fetched.changed) throw new Error("no bytes");
    expect(new TextDecoder("latin1").decode(fetched.bytes.subarray(1, 4))).toBe("PNG");
    expect(await get("/png?seed=1&etag", { validator: fetched.validator })).toMatchObject({
      ok: true,
      changed: false,
    });
    expect(await get("/png?seed=2&etag", { validator: fetched.validator })).toMatchObject({
      ok: true,
      changed: true,
    });
  });

  it("asks the origin itself, past every cache on the way", async () => {
    const asked = vi.fn<typeof fetch>(async (input, init) => fetch(input, init));
    await get(redirect("/png?seed=1"), { fetch: asked });
    expect(asked.mock.calls.map(([, init]) => init?.cache)).toEqual(["no-store", "no-store"]);
  });

  it("says who asks, wants the bytes as they are, and passes nothing else on", async () => {
    await get("/echo/asking", { validator: { etag: '"x"', lastModified: "Tue, 01 Sep 2026 00:00:00 GMT" } });
    const log: Record<string, string>[] = await (await fetch(`${ORIGIN}/log/asking`)).json();
    expect(log).toHaveLength(1);
    expect(log[0]).toMatchObject({
      host: "photos.example.com",
      via: "1.1 stylegate",
      "accept-encoding": "identity",
      "if-none-match": '"x"',
      "if-modified-since": "Tue, 01 Sep 2026 00:00:00 GMT",
    });
    expect(Object.keys(log[0] ?? {})).not.toContain("cookie");
    expect(Object.keys(log[0] ?? {})).not.toContain("authorization");
  });

  it("keeps no validator that is longer than any server's", async () => {
    const place = `${ORIGIN}/place/wordy`;
    for (const [length, kept] of [
      [500, true],
      [600, false],
    ] as const) {
      const headers = { ETag: `"${"e".repeat(length)}"`, "Last-Modified": "x".repeat(length) };
      await fetch(place, {
        method: "PUT",
        body: readPicture("rgb.png"),
        headers: { "X-Headers": JSON.stringify(headers) },
      });
      const validator = kept ? { etag: headers.ETag, lastModified: headers["Last-Modified"] } : NO_VALIDATOR;
      expect(await get(place)).toMatchObject({ ok: true, validator });
    }
  });

  it.each([
    ["/status/404", "source_not_found"],
    ["/status/410", "source_not_found"],
    ["/status/401", "source_refused"],
    ["/status/403", "source_refused"],
    ["/status/408", "source_status"],
    ["/status/425", "source_status"],
    ["/status/426", "source_refused"],
    ["/status/429", "source_status"],
    ["/status/451", "source_refused"],
    ["/status/500", "source_status"],
    ["/status/503", "source_status"],
    ["/status/204", "source_refused"],
    ["/status/304", "source_refused"],
    ["/refuse", "source_unreachable"],
    ["/break", "source_unreachable"],
    [redirect(""), "source_refused"],
    [redirect("ftp://photos.example.com/x"), "source_refused"],
    [redirect("http://user:secret@photos.example.com/png"), "source_refused"],
    [redirect("http://127.0.0.1/png"), "source_not_allowed"],
    [redirect("http://[::ffff:169.254.169.254]/latest"), "source_not_allowed"],
    [redirect("http://photos.example.com:8080/png"), "source_not_allowed"],
    [redirect(redirect("http://localhost/png")), "source_not_allowed"],
    [redirect(redirect(redirect(redirect("/png")))), "source_refused"],
    ["http://127.0.0.1/png", "source_not_allowed"],
  ])("answers %s with %s", async (path, code) => {
    expect(await get(path)).toMatchObject({ ok: false, code });
  });

  it("follows three redirects", async () => {
    expect(await get(redirect(redirect(redirect("http://pictures.example.com/png"))))).toMatchObject({
      ok: true,
    });
  });

  it("follows redirects only where the policy leads", async () => {
    const to = redirect("http://elsewhere.example.com/png");
    expect(await get(to, { patterns: "photos.example.com" })).toMatchObject({ code: "source_not_allowed" });
    expect(await get(to, { patterns: "*.example.com" })).toMatchObject({ ok: true });
  });

  it.each(["/hang", "/drip"])("gives up on %s when the time is over", async (path) => {
    expect(await get(path, { timeout: 300 })).toMatchObject({ ok: false, code: "source_timeout" });
  });

  it.each([
    ["announced", `/bytes?length=1000&announce=${MAX_PICTURE_BYTES + 1}`],
    ["in chunks", `/bytes?length=${MAX_PICTURE_BYTES + 1}`],
    ["endless", "/bytes?length=1e15"],
  ])("reads no more than the limit: %s", async (_, path) => {
    expect(await get(path, { timeout: 20_000 })).toMatchObject({ ok: false, code: "source_too_large" });
  });

  it("stops reading once it is clear that no picture comes", async () => {
    expect(await get("/text?length=1e15", { timeout: 20_000 })).toMatchObject({ code: "unsupported_format" });
  });

  it.each(PICTURE_NAMES)("never takes the beginning of %s for what is no picture", (name) => {
    const bytes = readPicture(name);
    if (!probe(bytes).ok) return;
    for (let length = 16; length < bytes.length; length += 13) {
      expect(probe(bytes.subarray(0, length)), `${length} bytes`).not.toMatchObject({
        code: "unsupported_format",
      });
    }
  });

  it("reads up to the limit", async () => {
    const fetched = await get(`/bytes?length=${MAX_PICTURE_BYTES}`, { timeout: 20_000 });
    expect(fetched).toMatchObject({ ok: true, changed: true, validator: NO_VALIDATOR });
    expect(fetched.ok && fetched.changed && fetched.bytes.byteLength).toBe(MAX_PICTURE_BYTES);
  });
});
