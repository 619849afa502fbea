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
    `GET              64.0 ms │${"━".repeat(32)}│ edge 200`,
    `├ source         16.0 ms │${"━".repeat(8)}${" ".repeat(24)}│`,
    `└ infer          16.0 ms │${" ".repeat(8)}${"━".repeat(8)}${" ".repeat(16)}│`,
    `  └ infer ttn    16.0 ms │${" ".repeat(8)}${"━".repeat(8)}${" ".repeat(16)}│ failed: busy`,
    `    └ compute    10.0 ms │${" ".repeat(10)}${"━".repeat(5)}${" ".repeat(17)}│ server`,
  ]);
});

const about = (attributes: Record<string, string>) => ({
  attributes: Object.entries(attributes).map(([key, value]) => ({
    key: `stylegate.${key}`,
    value: text(value),
  })),
});

/** What each row is about, without times and bars. */
const labels = (spans: object[]) =>
  treeOf(spansOf(body(spans)).map(shown))
    .split("\n")
    .map((line) => (/^(.*?) +[\d.]+ ms/.exec(line)?.[1] ?? line).replace(/^[│├└ ]+/, ""));

it("says what each row is about, so that no two beside each other look alike", () => {
  const asked = (id: string, endpoint: string, from: number) =>
    span(id, "1", "infer ttn_toon_int8", from, from + 9, about({ endpoint }));
  expect(
    labels([
      span("1", "", "GET", 0, 60),
      span("2", "1", "lookup", 0, 1, about({ object: "upload" })),
      span("3", "1", "lookup", 1, 2, about({ object: "variant" })),
      span("4", "1", "lookup", 2, 3, about({ object: "master" })),
      span("5", "1", "lookup", 4, 5, about({ object: "master" })),
      asked("6", "gpu", 10),
      asked("7", "gpu", 20),
      asked("8", "cpu", 30),
    ]),
  ).toEqual([
    "GET",
    "lookup upload",
    "lookup variant",
    ...["lookup master #1", "lookup master #2"],
    ...["infer ttn_toon_int8 at gpu #1", "infer ttn_toon_int8 at gpu #2", "infer ttn_toon_int8 at cpu"],
  ]);
});

it.each([40, 80, 100, 200])("is no wider than a terminal of %d columns", (columns) => {
  const deep = ["1", "2", "3", "4"].map((id, depth) =>
    span(
      id,
      `${depth}`,
      "POST /v2/models/{model}/infer",
      0,
      99_999,
      about({ reason: "failover", outcome: "unreachable" }),
    ),
  );
  const lines = treeOf(spansOf(body(deep)).map(shown), columns).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.at(-1)).toContain("POST /v2/models/{model}/");
  if (columns >= 100) expect(lines.at(-1)).toContain("failover unreachable");
});

it("shows a trace that took no time, as on Cloudflare a step without I/O does", () => {
  expect(treeOf(spansOf(body([span("1", "", "GET", 5, 5)])).map(shown))).toBe(
    `GET     0.0 ms │━${" ".repeat(31)}│ edge`,
  );
});

it.each(["", "{}", '{"resourceSpans":[{}]}'])("takes no %j for spans", (wrong) => {
  expect(() => spansOf(wrong)).toThrow();
});

it("shows each span once, whoever is said to be whose parent", () => {
  const own = span("1", "1", "its own", 0, 8);
  const twice = [span("2", "", "first", 1, 8), span("2", "2", "second", 2, 8), span("2", "2", "third", 3, 8)];
  const circle = [span("3", "4", "one", 4, 8), span("4", "3", "other", 5, 8)];
  expect(labels([own, ...twice, ...circle])).toEqual(["first", "second", "third", "its own", "one", "other"]);
});

it("shows spans that end before they begin", () => {
  const spans = spansOf(body([span("1", "", "one", 5, 0), span("2", "", "other", 10, -1e9)]));
  expect(treeOf(spans.map(shown))).toMatch(/^one .*\nother .*$/);
});

it("shows nothing that a terminal would take for orders", () => {
  const evil = "\u001b]0;evil\u0007\u009b2J\r\nx";
  const attributes = [{ key: "error.type", value: text(evil) }];
  const [sent] = spansOf(body([span(evil, "", evil, 0, 8, { attributes, traceId: evil })], evil)).map(shown);
  expect(sent?.trace).toBe("\ufffd]0;evil\ufffd\ufffd2J\ufffd\ufffdx");
  expect(treeOf(sent ? [sent] : [])).toMatch(/^[^\p{Cc}]+$/u);
});
