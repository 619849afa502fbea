import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import { app } from "../app.ts";

async function statusAt(origin: string, path = "/v1/usage", AUTH = "open", headers = {}) {
  const context = createExecutionContext();
  const request = new Request(`${origin}${path}`, { headers });
  const answer = await app.fetch(request, { ...bindings, AUTH }, context);
  await waitOnExecutionContext(context);
  const { code } = answer.status === 200 ? { code: "ok" } : await answer.json<{ code: string }>();
  return code;
}

describe("AUTH=open answers", () => {
  it.each([
    "http://localhost",
    "http://localhost:8787",
    "http://LOCALHOST",
    "http://stylegate.localhost",
    "http://127.0.0.1:8787",
    "http://127.1",
    "http://127.255.255.254",
    "http://0x7f000001",
    "http://[::1]:8787",
  ])("to %s", async (origin) => {
    expect(await statusAt(origin)).toBe("ok");
  });

  it.each([
    "http://evil.example",
    "http://localhost.evil.example",
    "http://evillocalhost",
    "http://127.0.0.1.nip.io",
    "http://localhost.",
    "http://192.168.1.7:8787",
    "http://0.0.0.0:8787",
    "http://[::]:8787",
    "http://[::ffff:192.168.1.7]",
    "http://128.0.0.1",
  ])("not to %s, which a page may have had point at this machine", async (origin) => {
    for (const path of [
      "/v1/usage",
      "/v1/styles",
      "/image/style=toon/upload:AAAAAAAAAAAAAAAAAAAAAA",
      "/nowhere",
    ])
      expect(await statusAt(origin, path), path).toBe("host_not_allowed");
  });

  it.each([
    ["127.0.0.1", "ok"],
    ["::1, ::ffff:127.0.0.1", "ok"],
    ["203.0.113.7", "host_not_allowed"],
    ["203.0.113.7, 127.0.0.1", "host_not_allowed"],
    ["unknown", "host_not_allowed"],
  ])("what a proxy of the machine forwards for %s: %s", async (addresses, code) => {
    const headers = { "X-Forwarded-For": addresses };
    expect(await statusAt("http://127.0.0.1:8787", "/v1/usage", "open", headers)).toBe(code);
  });

  it("to whoever asks whether it runs, by any name", async () => {
    expect(await statusAt("http://10.0.0.7", "/healthz")).toBe("ok");
  });
});

describe("AUTH=keys answers", () => {
  it("to any name, and asks for a key", async () => {
    expect(await statusAt("https://pictures.example.com", "/v1/styles", "keys")).toBe("ok");
    expect(await statusAt("http://localhost", "/v1/usage", "keys")).not.toBe("ok");
  });
});
