import { z } from "zod";

type Attributes = Readonly<Record<string, string | number>>;

/** A span as OTLP spells it in JSON, with its attributes, and those of what sent it, as records. Times in nanoseconds since 1970. */
export type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string | undefined;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number | undefined };
  attributes: Attributes;
  resource: Attributes;
};

const Value = z.object({
  stringValue: z.string().optional(),
  intValue: z.coerce.number().optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const AttributeList = z
  .array(z.object({ key: z.string(), value: Value.optional() }))
  .default([])
  .transform((list): Attributes => Object.fromEntries(list.map(({ key, value }) => [key, plain(value)])));
const Nanoseconds = z.union([z.string(), z.number()]).transform(String);

function plain({ stringValue, intValue, doubleValue, boolValue }: z.infer<typeof Value> = {}) {
  return stringValue ?? intValue ?? doubleValue ?? String(boolValue ?? "");
}

/** The part of OTLP's JSON that is looked at: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const ExportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: AttributeList }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number().default(0),
              startTimeUnixNano: Nanoseconds,
              endTimeUnixNano: Nanoseconds,
              attributes: AttributeList,
              status: z.object({ code: z.number().optional() }).default({}),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** @throws where the body is no OTLP in JSON */
export function spansOf(body: string): SentSpan[] {
  const { resourceSpans } = ExportRequest.parse(JSON.parse(body));
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
  );
}
