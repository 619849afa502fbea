/** Black box: what a real OTLP/HTTP receiver gets, and what the log and the answer say of the same request. */
import { afterEach, describe, expect, it } from "vitest";
import type { SentSpan } from "../../cli/trace/otlp.ts";
import { startReceiver } from "../../cli/trace/receiver.ts";
import { count, LONG, post, type Served, sample, serve, until } from "../fixtures/serve.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const traceparent = `00-${TRACE}-${PARENT}-01`;

const open: (() => unknown)[] = [];
afterEach(() => Promise.all(open.splice(0).map((close) => close())));

/** A server that exports to a receiver; closing the server sends what it has. */
async function observed(
  settings: Parameters<typeof serve>[0] = { models: ["count", "invert"] },
): Promise<{ server: Served; spans: SentSpan[] }> {
  const spans: SentSpan[] = [];
  const receiver = await startReceiver(0, (sent) => spans.push(...sent));
  open.push(() => receiver.stop());
  return { server: await serve({ ...settings, otlpEndpoint: receiver.url }), spans };
}

describe("with an OTLP receiver", () => {
  it("exports a span of the caller's trace, with the time in the queue and the run's below it", async () => {
    const { server, spans } = await observed();
    const answer = await count(server.url, 3, { headers: { traceparent } });
    await server.close();
    expect(spans[0]?.resource).toMatchObject({
      "service.name": "stylegate-inference",
      "service.version": expect.stringMatching(/^\d/),
    });
    expect(spans.map(({ name }) => name).sort()).toEqual([
      "POST /v2/models/{model}/infer",
      "compute",
      "queue",
    ]);
    const find = (name: string) => spans.find((span) => span.name === name) as SentSpan;
    const root = find("POST /v2/models/{model}/infer");
    expect(root).toMatchObject({ kind: 2, traceId: TRACE, parentSpanId: PARENT });
    expect(root.attributes).toEqual({
      "http.request.method": "POST",
      "http.route": "/v2/models/{model}/infer",
      "http.response.status_code": 200,
      "url.path": "/v2/models/count/infer",
      "url.scheme": "http",
      "stylegate.model": "count",
      "stylegate.model_version": "1",
      "stylegate.batch_size": 1,
    });
    const [queue, compute] = [find("queue"), find("compute")];
    for (const child of [queue, compute]) {
      expect(child).toMatchObject({ traceId: TRACE, parentSpanId: root.spanId });
      expect(BigInt(child.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(root.startTimeUnixNano));
    }
    // To the microsecond: the clocks' sums are rounded.
    expect(Number(queue.endTimeUnixNano) / 1000).toBeCloseTo(Number(compute.startTimeUnixNano) / 1000, -1);
    const milliseconds = (span: SentSpan) =>
      Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
    const [, told] = /compute;dur=([\d.]+)/.exec(answer.headers.get("server-timing") ?? "") ?? [];
    expect(milliseconds(compute)).toBeCloseTo(Number(told), 0);
    expect(server.lines.find(({ event }) => event === "infer")).toMatchObject({
      trace_id: TRACE,
      span_id: root.spanId,
    });
  });

  it("begins a trace where the caller is in none, or names none that is valid", async () => {
    const { server, spans } = await observed();
    await count(server.url, 3);
    await count(server.url, 3, { headers: { traceparent: `00-${TRACE}-${PARENT}-1` } });
    await server.close();
    const roots = spans.filter(({ kind }) => kind === 2);
    expect(roots.map(({ parentSpanId }) => parentSpanId || undefined)).toEqual([undefined, undefined]);
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it("exports nothing of a trace that the caller does not keep", async () => {
    const { server, spans } = await observed();
    await count(server.url, 3, { headers: { traceparent: traceparent.replace(/01$/, "00") } });
    await server.close();
    expect(spans).toEqual([]);
  });

  it("calls what it refuses by its reason, and an error only what is the server's fault", async () => {
    const { server, spans } = await observed({ models: ["count"], queueSize: 0 });
    const long = count(server.url, LONG);
    await until(server.url, 'stylegate_inference_running{model="count",version="1"}', 1);
    expect((await count(server.url, 1)).status).toBe(503);
    await long;
    expect((await post(server.url, "count", {})).status).toBe(400);
    await server.close();
    const byStatus = new Map(
      spans
        .filter(({ kind }) => kind === 2)
        .map((span) => [span.attributes["http.response.status_code"], span]),
    );
    expect(byStatus.get(503)?.attributes).toMatchObject({
      "stylegate.refused": "full",
      "error.type": "503",
    });
    expect([byStatus.get(503)?.status.code, byStatus.get(400)?.status.code]).toEqual([2, 0]);
  });
});

describe("without one", () => {
  it("names the caller's trace in the log, and its time in the answer", async () => {
    const server = await serve({ models: ["count"] });
    open.push(() => server.close());
    const answer = await count(server.url, 3, { headers: { traceparent } });
    expect(answer.headers.get("server-timing")).toMatch(/^queue;dur=\d+\.\d, compute;dur=\d+\.\d$/);
    await count(server.url, 3, { headers: { traceparent: "nonsense" } });
    const lines = server.lines.filter(({ event }) => event === "infer");
    expect(lines[0]).toMatchObject({ trace_id: TRACE, span_id: PARENT });
    expect(lines[1]).not.toHaveProperty("trace_id");
  });

  it("goes on, where the receiver is not there", async () => {
    const server = await serve({ models: ["count"], otlpEndpoint: "http://127.0.0.1:9" });
    expect((await count(server.url, 3)).status).toBe(200);
    expect(await sample(server.url, "stylegate_inference_in_flight")).toBe(0);
    expect(await server.close()).toBe(true);
  });
});
