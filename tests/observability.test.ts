import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parser as promql } from "@prometheus-io/lezer-promql";
import sqlParser from "node-sql-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { BLOBS, DOUBLES } from "../src/edge/telemetry/events.ts";
import { type Inference, startInference } from "./support/inference.ts";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

type Target = { refId: string; expr?: string; query?: string };
type Panel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: Target[];
};
type Rule = { alert?: string; record?: string; expr: string; annotations?: Record<string, string> };

const dashboard: { panels: Panel[]; templating: { list: { name: string }[] }; schemaVersion: number } =
  JSON.parse(read("deploy/observability/grafana/stylegate.json"));
const alerts: { groups: { rules: Rule[] }[] } = parse(read("deploy/observability/prometheus/alerts.yml"));
const scrape: { rule_files: string[]; scrape_configs: { job_name: string }[] } = parse(
  read("deploy/observability/prometheus/prometheus.yml"),
);

/** What the chart's autoscaler goes by. */
const adapter: { rules: { custom: { seriesQuery: string; metricsQuery: string; name: { as: string } }[] } } =
  parse(read("deploy/observability/prometheus/adapter.yaml"));

const charts = dashboard.panels.filter(({ type }) => type !== "row");
const rules = alerts.groups.flatMap(({ rules }) => rules);
/** Grafana puts a duration there. */
const asked = (expr: string) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");
/** As the adapter fills in its templates: https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md */
function filledIn(query: string, series: string): string {
  return query
    .replaceAll("<<.Series>>", series.replace(/\{.*/, ""))
    .replaceAll("<<.LabelMatchers>>", 'namespace="pictures",pod=~"a|b"')
    .replaceAll("<<.GroupBy>>", "pod");
}
const expressions = [
  ...charts.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ expr }) => (expr === undefined ? [] : [[title, asked(expr)] as const])),
  ),
  ...rules.map(({ alert, record, expr }) => [alert ?? record ?? "", expr] as const),
  ...adapter.rules.custom.flatMap(({ seriesQuery, metricsQuery, name }) => [
    [`${name.as}'s series`, seriesQuery] as const,
    [name.as, filledIn(metricsQuery, seriesQuery)] as const,
  ]),
];
const queries = charts.flatMap(({ title, targets = [] }) =>
  targets.flatMap(({ query }) => (query === undefined ? [] : [[title, query] as const])),
);

/** What a PromQL expression names, as Prometheus's own grammar has it; undefined where it is none. */
function namesOf(expr: string): { metrics: string[]; jobs: string[] } | undefined {
  const [metrics, jobs]: [string[], string[]] = [[], []];
  let isWrong = false;
  promql.parse(expr).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) isWrong = true;
      if (name === "Identifier" && expr.slice(from, to) !== "inf") metrics.push(expr.slice(from, to));
      if (name === "UnquotedLabelMatcher" && expr.slice(from, to).startsWith("job"))
        jobs.push(
          ...expr
            .slice(from, to)
            .replace(/^.*?"|"$/g, "")
            .split("|"),
        );
    },
  });
  return isWrong ? undefined : { metrics, jobs };
}

/** Of docs/user_guide/metrics.md in triton-inference-server/server. */
const TRITON = [
  ...["nv_inference_request_success", "nv_inference_request_failure"],
  ...["nv_inference_count", "nv_inference_exec_count"],
  ...["nv_inference_request_duration_us", "nv_inference_queue_duration_us"],
  ...["nv_inference_compute_input_duration_us", "nv_inference_compute_infer_duration_us"],
  ...["nv_inference_compute_output_duration_us"],
  ...["nv_gpu_utilization", "nv_gpu_memory_total_bytes", "nv_gpu_memory_used_bytes"],
  ...["nv_gpu_power_usage", "nv_gpu_power_limit", "nv_energy_consumption"],
];

/** Prometheus's own, and the blackbox exporter's. */
const PROMETHEUS = ["up", "probe_success"];

describe("the dashboard", () => {
  it("has panels that each have an id, a title, a unit and words of their own", () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(new Set(charts.map(({ title }) => title)).size).toBe(charts.length);
    for (const { title, description, fieldConfig, targets } of charts) {
      expect(description?.length, title).toBeGreaterThan(5);
      expect(fieldConfig?.defaults.unit, title).toMatch(/^\S+$/);
      expect(new Set(targets?.map(({ refId }) => refId)).size, title).toBe(targets?.length);
    }
  });

  it("puts no panel over another, nor beyond Grafana's 24 columns", () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), title).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
    }
  });

  it("asks the data sources that whoever imports it chooses", () => {
    const variables = dashboard.templating.list.map(({ name }) => name);
    for (const { title, datasource } of charts) {
      const [, variable = ""] = /^\$\{(\w+)\}$/.exec(datasource?.uid ?? "") ?? [];
      expect(variables, title).toContain(variable);
    }
  });
});

describe("PromQL", () => {
  it("is checked: what is none is told from what is", () => {
    expect(namesOf("sum(rate(a[5m]))")?.metrics).toEqual(["a"]);
    expect(namesOf("sum(rate(a[5m])")).toBeUndefined();
    expect(namesOf("rate(a[5 minutes])")).toBeUndefined();
  });

  it.each(expressions)("of “%s” is an expression", (_, expr) => {
    expect(namesOf(expr), expr).toBeDefined();
  });

  it("names jobs that the example scrapes", () => {
    const jobs = new Set(expressions.flatMap(([, expr]) => namesOf(expr)?.jobs ?? []));
    const scraped = scrape.scrape_configs.map(({ job_name }) => job_name);
    expect(scraped).toEqual(expect.arrayContaining([...jobs]));
    expect(scrape.rule_files).toEqual(["alerts.yml"]);
  });
});

describe("metrics that the dashboard and the rules name", () => {
  let server: Inference;
  let served: Set<string>;

  beforeAll(async () => {
    server = await startInference(["ttn_toon_int8"]);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    served = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = "", type]) =>
        type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name],
      ),
    );
  });
  afterAll(() => server?.stop());

  it("are the embedded server's, Triton's, Prometheus's, or recorded by a rule", () => {
    const recorded = rules.flatMap(({ record }) => record ?? []);
    const known = new Set([...served, ...TRITON, ...PROMETHEUS, ...recorded]);
    const named = new Set(expressions.flatMap(([, expr]) => namesOf(expr)?.metrics ?? []));
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });

  it("are all that the embedded server has of its own, in one form at least", () => {
    const named = [...new Set(expressions.flatMap(([, expr]) => namesOf(expr)?.metrics ?? []))];
    const own = [...served].filter((name) => name.startsWith("stylegate_"));
    const families = new Set(own.map((name) => name.replace(/_(?:bucket|sum|count)$/, "")));
    expect([...families].filter((family) => !named.some((name) => name.startsWith(family)))).toEqual([]);
  });
});

it("an alert says what it means, and a name stands once", () => {
  const named = rules.flatMap(({ alert }) => alert ?? []);
  expect(new Set(named).size).toBe(named.length);
  for (const { alert, annotations } of rules) {
    if (alert === undefined) continue;
    expect(annotations?.summary, alert).toMatch(/^[A-Z].{10,}[^.]$/);
    expect(annotations?.description, alert).toMatch(/\.$/);
  }
});

describe("SQL of Workers Analytics Engine", () => {
  const { Parser } = sqlParser;

  /** The macros of Grafana's plugin, as it fills them in: https://github.com/Altinity/clickhouse-grafana */
  const filled = (query: string) =>
    query
      .replaceAll("$timeSeries", "intDiv(toUInt32(timestamp), 60) * 60")
      .replaceAll("$timeFilter", "timestamp >= toDateTime(1) AND timestamp <= toDateTime(2)")
      .replaceAll("$interval", "60")
      .replaceAll("$dataset", "stylegate");

  it.each(queries)("of “%s” can be parsed", (_, query) => {
    expect(() => new Parser().parse(filled(query), { database: "mysql" })).not.toThrow();
    expect(filled(query)).not.toContain("$");
  });

  it.each(queries)("of “%s” asks for columns that are written, of one kind of event", (_, query) => {
    const columns = [...query.matchAll(/\b(blob|double)(\d+)\b/g)];
    expect(columns.length).toBeGreaterThan(0);
    for (const [name, type, number] of columns)
      expect((type === "blob" ? BLOBS : DOUBLES)[Number(number) - 1], name).toBeDefined();
    expect(query).toMatch(/ AND blob1 = '(?:request|attempt|drawing)'/);
  });
});

it.each(["observability", "production"])("docs/%s.md tells of each alert", (page) => {
  const named = rules.flatMap(({ alert }) => alert ?? []);
  const rows =
    read(`docs/${page}.md`)
      .match(/^\| `\w+`.*$/gm)
      ?.join("\n") ?? "";
  expect(named.filter((alert) => !rows.includes(`\`${alert}\``))).toEqual([]);
});

it("docs/observability.md tells each column by its place", () => {
  const rows = [...read("docs/observability.md").matchAll(/^\| `(blob|double)(\d+)` \| `(\w+)` \|/gm)];
  const told = rows.map(([, type, number, name]) => `${type}${number} ${name}`);
  const written = [
    ...BLOBS.map((name, at) => `blob${at + 1} ${name}`),
    ...DOUBLES.map((name, at) => `double${at + 1} ${name}`),
  ];
  expect(told).toEqual(written);
});
