import { expect, it } from "vitest";
import { spansOf } from "./otlp.ts";
import { shown } from "./spans.ts";
import { treeOf } from "./tree.ts";

const text = (stringValue: string) => ({ stringValue });

/** Times in milliseconds. */
const span = (spanId: string, parentSpanId: string, name: string, start: number, end: number, more = {}) => ({
  ...{ traceId: "a".repeat(32), spanId, parentSpanId, name },
  startTimeUnixNano: `${start}000000`,
  endTimeUnixNano: `${end}000000`,
  ...more,
});

const body = (spans: object[], service = "edge") =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: text(service) }] },
        scopeSpans: [{ spans }],
      },
    ],
  });

it("puts each span below the one that it is in, in the order of time, with a bar and what it says", () => {
  const failed = { status: { code: 2 }, attributes: [{ key: "error.type", value: text("busy") }] };
  const status = { key: "http.response.status_code", value: { intValue: 200 } };
  const spans = [
    ...spansOf(body([span("4", "3", "infer ttn", 16, 32, failed), span("3", "1", "infer", 16, 32)])),
    ...spansOf(
      body([span("1", "gone", "GET", 0, 64, { attributes: [status] }), span("2", "1", "source", 0, 16)]),
    ),
    ...spansOf(body([span("5", "4", "compute", 20, 30)], "server")),
  ];
  expect(treeOf(spans.map(shown)).split("\n")).toEqual([
    `GET               64.0 ms │${"━".repeat(32)}│ edge 200`,
    `├ source          16.0 ms │${"━".repeat(8)}${" ".repeat(24)}│ edge`,
    `└ infer           16.0 ms │${" ".repeat(8)}${"━".repeat(8)}${" ".repeat(16)}│ edge`,
    `  └ infer ttn     16.0 ms │${" ".repeat(8)}${"━".repeat(8)}${" ".repeat(16)}│ edge failed: busy`,
    `    └ compute     10.0 ms │${" ".repeat(10)}${"━".repeat(5)}${" ".repeat(17)}│ server`,
  ]);
});

it("shows a trace that took no time, as on Cloudflare a step without I/O does", () => {
  expect(treeOf(spansOf(body([span("1", "", "GET", 5, 5)])).map(shown))).toBe(
    `GET      0.0 ms │━${" ".repeat(31)}│ edge`,
  );
});

it.each(["", "{}", '{"resourceSpans":[{}]}'])("takes no %j for spans", (wrong) => {
  expect(() => spansOf(wrong)).toThrow();
});
