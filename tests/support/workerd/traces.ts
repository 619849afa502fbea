import { type SentSpan, spansOf } from "../../../src/cli/trace/otlp.ts";
import { OTLP_HOST } from "../hosts.ts";

/** Variables that have every trace sent to a collector of the tests, and all that it was sent. */
export function collector(key: string) {
  const url = `http://${OTLP_HOST}/${key}`;
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, TRACE_SAMPLE_RATE: "1" },
    exports: async () =>
      (await (await fetch(url)).json()) as { headers: Record<string, string>; body: string }[],
    spans: async () => {
      const exports = (await (await fetch(url)).json()) as { body: string }[];
      return exports.flatMap(({ body }) => spansOf(body));
    },
  };
}

/** Each span's name behind those that it is in: `GET /image/* > infer > infer ttn_toon_int8`. */
export function pathsOf(spans: readonly SentSpan[]): string[] {
  const pathOf = ({ name, parentSpanId }: SentSpan): string => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${pathOf(parent)} > ${name}` : name;
  };
  return spans.map(pathOf).sort();
}
