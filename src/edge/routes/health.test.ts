import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import { STYLES } from "../../contract/style.ts";
import { app } from "../app.ts";
import type { Bindings } from "../bindings.ts";

const PAINTER = "http://inference.example.net/painter/ready";
const AWAY = "http://network.example.com/refuse";

/** An edge engine all of whose models answer so. */
const edge = (status: number) =>
  ({ fetch: async () => new Response(null, { status }) }) as unknown as Fetcher;

const ready = async (urls: string[], engine: Fetcher | undefined) => {
  const list = urls.map((url, i) => ({ name: `n${i}`, url, modelSuffix: "_int8" }));
  const env = { INFERENCE_ENDPOINTS: JSON.stringify(list), EDGE_INFERENCE: engine as Fetcher };
  const answer = await ask("/readyz", { env });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));

it.each<[string, string[], Fetcher | undefined, string, string[]]>([
  ["the first endpoint draws", [PAINTER, PAINTER], edge(200), "ready", ["ready", "unasked", "unasked"]],
  ["there is no edge", [PAINTER], undefined, "ready", ["ready"]],
  ["another endpoint stands in", [AWAY, PAINTER], edge(200), "degraded", ["away", "ready", "unasked"]],
  ["the edge stands in", [AWAY], edge(200), "degraded", ["away", "ready"]],
])("pictures can be made where %s", async (_, urls, engine, status, states) => {
  const names = [...urls.map((_, i) => `n${i}`), ...(engine ? ["edge"] : [])];
  const { status: code, body } = await ready(urls, engine);
  expect(code).toBe(200);
  const missing = STYLES.map(({ id }) => id);
  const engines = names.map((name, i) => ({
    ...{ name, state: states[i] },
    ...(states[i] === "away" && { reason: "unreachable", missing }),
  }));
  expect(body).toEqual({ status, engines });
});

it.each([
  ["nobody draws", [AWAY], edge(503)],
  ["nobody draws, and there is no edge", [AWAY, AWAY], undefined],
])("they cannot where %s", async (_, urls, engine) => {
  const { status, body } = await ready(urls, engine);
  expect([status, body.code]).toEqual([503, "not_ready"]);
  expect(JSON.stringify(body)).not.toContain("network.example.com");
});

it("says of each endpoint that was asked what is wrong with it, by its name alone", async () => {
  const urls = [AWAY, ...[401, 503].map((status) => `http://network.example.com/status/${status}`)];
  const { status, body } = await ready(urls, edge(404));
  expect([status, body.code]).toEqual([503, "not_ready"]);
  const ids = STYLES.map(({ id }) => id);
  expect(body.detail).toBe(
    `Missing: ${ids.map((id) => `the network of "${id}"`).join(", ")}; n0 is unreachable; n1 is closed to this service; ` +
      `n2 has not loaded ${ids.join(", ")}; edge has not loaded ${ids.join(", ")}.`,
  );
  expect(JSON.stringify(body)).not.toMatch(/network\.example\.com|401/);
});

it("names no styles that an endpoint has", async () => {
  const half = {
    fetch: async (url: string) => new Response(null, { status: url.includes("ttn_toon_") ? 503 : 200 }),
  } as unknown as Fetcher;
  const { status, body } = await ready([AWAY], half);
  expect(status).toBe(503);
  expect(body.detail).toBe('Missing: the network of "toon"; n0 is unreachable; edge has not loaded toon.');
});

describe("who asks often", () => {
  const env = (urls: string[], EDGE_INFERENCE?: Fetcher) => {
    const list = urls.map((url, i) => ({ name: `n${i}`, url, modelSuffix: "_int8" }));
    return { ...bindings, INFERENCE_ENDPOINTS: JSON.stringify(list), EDGE_INFERENCE } as Bindings;
  };
  const ask = async (one: Bindings) => {
    const context = createExecutionContext();
    const answer = await app.fetch(new Request("https://stylegate.localhost/readyz"), one, context);
    await waitOnExecutionContext(context);
    return { status: answer.status, body: await answer.json() };
  };
  const asked = async (name: string) =>
    ((await (await fetch(`https://photos.example.com/log/${name}`)).json()) as { url: string }[])
      .map(({ url }) => url.slice(url.lastIndexOf("/models/")))
      .sort();

  it("has each network asked for once, by the first endpoint that has it, at once and one after the other", async () => {
    const one = env(
      ["often", "never"].map((name) => `http://inference.example.net/painter/${name}`),
      edge(200),
    );
    const answers = [...(await Promise.all([1, 2, 3, 4].map(() => ask(one)))), await ask(one)];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    const urls = STYLES.flatMap(({ id }) => ["", "/ready"].map((path) => `/models/ttn_${id}_int8${path}`));
    expect([await asked("often"), await asked("never")]).toEqual([urls.sort(), []]);
  });

  it("hears within a second that it is ready now", async () => {
    const clock = vi.spyOn(Date, "now");
    let status = 503;
    const engine = { fetch: async () => new Response(null, { status }) } as unknown as Fetcher;
    const one = env([AWAY], engine);
    expect((await ask(one)).status).toBe(503);
    status = 200;
    const now = Date.now();
    clock.mockImplementation(() => now + 1_000);
    expect((await ask(one)).status).toBe(200);
    clock.mockRestore();
  });
});
