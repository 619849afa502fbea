import { type Context, createContextKey, ROOT_CONTEXT, type Span } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import project from "../../../package.json" with { type: "json" };

/** Who takes the spans of one activity. */
export type Sink = { begun: () => void; ended: (span: ReadableSpan) => void };

const SINK = createContextKey("where an activity's spans go");
const sinks = new WeakMap<ReadableSpan, Sink>();

const sinkOf = (context: Context) => context.getValue(SINK) as Sink | undefined;

/** The decision is made once for an activity, before its first span: there is somebody who takes them, or they are not recorded. */
const sampler: Sampler = {
  shouldSample: (context) => ({
    decision: sinkOf(context) ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
  }),
  toString: () => "stylegate",
};

/** No batches of several requests, as OpenTelemetry's own processors make them: a Worker's timers end with the request that began them. */
const processor: SpanProcessor = {
  onStart: (span, context) => {
    const sink = sinkOf(context);
    if (!sink) return;
    sinks.set(span, sink);
    sink.begun();
  },
  onEnd: (span) => sinks.get(span)?.ended(span),
  forceFlush: async () => {},
  shutdown: async () => {},
};

const resource = resourceFromAttributes({
  "service.name": "stylegate-edge",
  "service.version": project.version,
  "cloud.provider": "cloudflare",
  "cloud.platform": "cloudflare.workers",
});

export const tracer = new TracerProvider({
  resource,
  sampler,
  spanProcessors: [processor],
  spanLimits: { attributeCountLimit: 32, attributeValueLengthLimit: 256 },
}).getTracer("stylegate", project.version);

const propagator = new W3CTraceContextPropagator();

/** What `traceparent` and `tracestate` say; the empty context where they say nothing, or what is none: https://www.w3.org/TR/trace-context/ */
export const contextFrom = (headers: Headers): Context =>
  propagator.extract(ROOT_CONTEXT, headers, {
    get: (from, name) => from.get(name) ?? undefined,
    keys: (from) => [...from.keys()],
  });

/** The headers that have whoever is asked carry the trace on. */
export function headersFor(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, {
    set: (into, name, value) => {
      into[name] = value;
    },
  });
  return headers;
}

/** `traceparent` alone, as it is kept and told. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
}

export const withSink = (context: Context, sink: Sink | undefined): Context =>
  sink ? context.setValue(SINK, sink) : context;
