import type { Inferred, Model } from "../model.ts";
import type { TraceParent } from "./traceparent.ts";

export type Outcome = {
  model: Model | null;
  status: number;
  inferred: Inferred | null;
  /** Why the queue turned the request away, if it did. */
  refused: string | null;
};

/** One infer request, as a span of its trace. */
export type RequestTrace = {
  /** For the log; empty where the request is in no trace. */
  ids: { trace_id?: string; span_id?: string };
  end(outcome: Outcome): void;
};

export type Tracing = {
  begin(path: string, parent: TraceParent | null): RequestTrace;
  /** Exports what has not been yet. */
  close(): Promise<void>;
};

/** Exports nothing: the log names the caller's own span. */
export const UNTRACED: Tracing = {
  begin: (_, parent) => ({
    ids: parent === null ? {} : { trace_id: parent.traceId, span_id: parent.parentId },
    end: () => {},
  }),
  close: async () => {},
};

/** Spans for an OTLP/HTTP receiver, or none without an endpoint: then OpenTelemetry is not even loaded. */
export async function openTracing(endpoint: string | null, version: string): Promise<Tracing> {
  if (endpoint === null) return UNTRACED;
  const { openTelemetry } = await import("./opentelemetry.ts");
  return openTelemetry(endpoint, version);
}
