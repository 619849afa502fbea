import { z } from "zod";

/** A span as the tree shows it. Times in milliseconds since 1970. */
export type Span = {
  trace: string;
  id: string;
  parent: string | undefined;
  service: string;
  name: string;
  start: number;
  end: number;
  isError: boolean;
  attributes: ReadonlyMap<string, string>;
};

const Attributes = z.array(
  z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).optional() }),
);

/** The part of OTLP's JSON that is looked at: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const ExportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.number(),
              endTimeUnixNano: z.coerce.number(),
              attributes: Attributes.optional(),
              status: z.object({ code: z.number().optional() }).optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** @throws where the body is no OTLP in JSON */
export function spansOf(body: string): Span[] {
  const { resourceSpans } = ExportRequest.parse(JSON.parse(body));
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = attributesOf(resource.attributes).get("service.name") ?? "?";
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        trace: span.traceId,
        id: span.spanId,
        parent: span.parentSpanId || undefined,
        service,
        name: span.name,
        start: span.startTimeUnixNano / 1e6,
        end: span.endTimeUnixNano / 1e6,
        isError: span.status?.code === 2,
        attributes: attributesOf(span.attributes ?? []),
      })),
    );
  });
}

const attributesOf = (attributes: z.infer<typeof Attributes>): Map<string, string> =>
  new Map(attributes.map(({ key, value }) => [key, String(Object.values(value ?? {})[0] ?? "")]));
