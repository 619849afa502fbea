import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { TraceParent } from "./traceparent.ts";
import type { Outcome, Tracing } from "./tracing.ts";

const ROUTE = "/v2/models/{model}/infer";
/** Milliseconds; a receiver that is gone must not hold up the end of the server for longer. */
const EXPORT_TIMEOUT = 3_000;

/**
 * A server span for each infer request, with what its time went into as children. Names of attributes are OpenTelemetry's
 * semantic conventions for HTTP servers and resources; those of this project begin with `stylegate.`.
 *
 * @param endpoint as OTEL_EXPORTER_OTLP_ENDPOINT: the receiver's base URL, without /v1/traces
 */
export function openTelemetry(endpoint: string, version: string): Tracing {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "stylegate-inference", "service.version": version }),
    // The caller has decided whether a trace is kept.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("stylegate-inference", version);
  return {
    begin(path, parent) {
      const attributes = {
        "http.request.method": "POST",
        "http.route": ROUTE,
        "url.path": path,
        "url.scheme": "http",
      };
      const options = { kind: SpanKind.SERVER, attributes };
      const span = tracer.startSpan(`POST ${ROUTE}`, options, contextOf(parent));
      const { traceId, spanId } = span.spanContext();
      const end = (outcome: Outcome): void => {
        describe(span, outcome);
        if (outcome.inferred !== null) {
          const { queuedAt, waited, computed } = outcome.inferred.timing;
          const within = trace.setSpan(ROOT_CONTEXT, span);
          const child = (name: string, from: number, seconds: number): void => {
            const startTime = performance.timeOrigin + from;
            tracer.startSpan(name, { startTime }, within).end(startTime + seconds * 1000);
          };
          child("queue", queuedAt, waited);
          child("compute", queuedAt + waited * 1000, computed);
        }
        span.end();
      };
      return { ids: { trace_id: traceId, span_id: spanId }, end };
    },
    close: () => provider.shutdown(),
  };
}

function contextOf(parent: TraceParent | null): Context {
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, parentId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags, isRemote: true });
}

/** Of a server's answers only 5xx are errors, says the convention; 499 is never sent. */
function describe(span: Span, { model, status, inferred, refused }: Outcome): void {
  if (status !== 499) span.setAttribute("http.response.status_code", status);
  if (model !== null) {
    span.setAttributes({ "stylegate.model": model.name, "stylegate.model_version": model.version });
  }
  if (inferred !== null) span.setAttribute("stylegate.batch_size", inferred.batch);
  if (refused !== null) span.setAttribute("stylegate.refused", refused);
  if (status < 500) return;
  span.setAttribute("error.type", String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
