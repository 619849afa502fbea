import { OTLP_HOST } from "../hosts.ts";

/** A span as OTLP spells it in JSON, with its attributes as a record: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export type Sent = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number };
  attributes: Record<string, string | number>;
};

type Value = { stringValue?: string; intValue?: string | number; doubleValue?: number };
type Attribute = { key: string; value: Value };
type Request = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Omit<Sent, "attributes"> & { attributes: Attribute[] })[] }[];
  }[];
};

/** Variables that have every trace sent to a collector of the tests, and all that it was sent. */
export function collector(key: string) {
  const url = `http://${OTLP_HOST}/${key}`;
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, TRACE_SAMPLE_RATE: "1" },
    exports: async () =>
      (await (await fetch(url)).json()) as { headers: Record<string, string>; body: string }[],
    spans: async () => {
      const exports = (await (await fetch(url)).json()) as { body: string }[];
      return exports.flatMap(({ body }) => spansOf(JSON.parse(body) as Request));
    },
  };
}

const spansOf = ({ resourceSpans }: Request): Sent[] =>
  resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map((span) => ({ ...span, attributes: recordOf(span.attributes) }));

const recordOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? doubleValue ?? Number(intValue),
    ]),
  );

/** Each span's name behind those that it is in: `GET /image/* > infer > infer ttn_toon_int8`. */
export function pathsOf(spans: readonly Sent[]): string[] {
  const pathOf = ({ name, parentSpanId }: Sent): string => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${pathOf(parent)} > ${name}` : name;
  };
  return spans.map(pathOf).sort();
}
