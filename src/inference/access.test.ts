import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { count, type Served, sample, serve } from "./fixtures/serve.ts";

const KEY = "5f2b9c";
let server: Served;
beforeAll(async () => {
  server = await serve({ models: ["count"], endpointKey: KEY });
});
afterAll(() => server.close());

const as = (authorization?: string) => (authorization === undefined ? {} : { headers: { authorization } });

describe("with ENDPOINT_KEY", () => {
  it("draws for whoever has the key", async () => {
    expect((await count(server.url, 3, as(`Bearer ${KEY}`))).status).toBe(200);
  });

  it.each([undefined, "", KEY, `bearer ${KEY}`, "Bearer ", `Bearer ${KEY}0`, "Bearer 5f2b9", `Basic ${KEY}`])(
    "draws for nobody with Authorization: %s",
    async (authorization) => {
      const answer = await count(server.url, 3, as(authorization));
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
      expect(await answer.json()).toEqual({ error: "a key is needed" });
    },
  );

  it.each(["/v2", "/v2/models/count", "/v2/models/count/versions/1", "/v2/models/none"])(
    "tells nobody else what it has at %s",
    async (path) => {
      expect((await fetch(`${server.url}${path}`)).status).toBe(401);
      expect((await fetch(`${server.url}${path}`, as(`Bearer ${KEY}`))).status).not.toBe(401);
    },
  );

  it.each(["/v2/health/live", "/v2/health/ready", "/v2/models/count/ready", "/metrics"])(
    "has probes and Prometheus ask %s",
    async (path) => {
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    },
  );

  it("counts who has none, and warns of one in a minute, with no header", async () => {
    const own = await serve({ models: ["count"], endpointKey: KEY });
    try {
      const counted = () => sample(own.url, "stylegate_inference_unauthorized_total");
      expect(await counted()).toBe(0);
      await count(own.url, 3, as("Bearer hunter2"));
      await fetch(`${own.url}/v2?token=hunter3`, as("Bearer hunter2"));
      await count(own.url, 3, as(`Bearer ${KEY}`));
      expect(await counted()).toBe(2);
      expect(own.lines.filter(({ level }) => level === "warn")).toEqual([
        { time: expect.any(String), level: "warn", event: "unauthorized", path: "/v2/models/count/infer" },
      ]);
      expect(JSON.stringify(own.lines)).not.toMatch(/hunter/);
    } finally {
      await own.close();
    }
  });

  it("says so before a body is sent, to whoever asks first", async () => {
    const asking = request(`${server.url}/v2/models/count/infer`, {
      method: "POST",
      headers: { expect: "100-continue", "content-length": 1_000_000 },
    });
    const told = await new Promise((resolve, reject) => {
      asking.on("response", ({ statusCode }) => resolve(statusCode));
      asking.on("continue", () => resolve("continue"));
      asking.on("error", reject);
      asking.flushHeaders();
    });
    asking.destroy();
    expect(told).toBe(401);
  });
});
