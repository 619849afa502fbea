import { beforeEach, expect, it, vi } from "vitest";
import { ask } from "../../../tests/support/workerd/ask.ts";

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
  ["all endpoints draw", [PAINTER, PAINTER], edge(200), "ready", ["ready", "ready", "ready"]],
  ["the edge is away alone, whom nobody needs", [PAINTER], edge(503), "ready", ["ready", "away"]],
  ["there is no edge", [PAINTER], undefined, "ready", ["ready"]],
  ["another endpoint stands in", [AWAY, PAINTER], undefined, "degraded", ["away", "ready"]],
  ["one is missing that nobody needs now", [PAINTER, AWAY], undefined, "degraded", ["ready", "away"]],
  ["the edge stands in", [AWAY], edge(200), "degraded", ["away", "ready"]],
])("pictures can be made where %s", async (_, urls, engine, status, states) => {
  const names = [...urls.map((_, i) => `n${i}`), ...(engine ? ["edge"] : [])];
  const { status: code, body } = await ready(urls, engine);
  expect(code).toBe(200);
  expect(body).toEqual({ status, engines: names.map((name, i) => ({ name, state: states[i] })) });
});

it.each([
  ["nobody draws", [AWAY], edge(503)],
  ["nobody draws, and there is no edge", [AWAY, AWAY], undefined],
])("they cannot where %s", async (_, urls, engine) => {
  const { status, body } = await ready(urls, engine);
  expect([status, body.code]).toEqual([503, "not_ready"]);
  expect(JSON.stringify(body)).not.toContain("network.example.com");
});
