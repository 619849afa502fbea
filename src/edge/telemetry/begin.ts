import {
  type Attributes,
  type Context,
  type Span,
  type SpanKind,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { TelemetryConfig } from "../config/telemetry.ts";
import { Outbox } from "./outbox.ts";
import { tracer, withSink } from "./tracer.ts";

type Beginning = {
  name: string;
  kind: SpanKind;
  attributes: Attributes;
  /** Which trace it goes on with; the empty context for none. */
  parent: Context;
  /** Whether its spans are to be sent. */
  isSampled: boolean;
  otlp: TelemetryConfig["otlp"];
  waitUntil: (work: Promise<unknown>) => void;
};

/** Begins an activity's outermost span; without a collector, or where it is not sampled, one that is not recorded, but has its ids. */
export function begin({ name, kind, attributes, parent, isSampled, otlp, waitUntil }: Beginning): {
  span: Span;
  context: Context;
} {
  const outbox = isSampled && otlp ? new Outbox(otlp, waitUntil) : undefined;
  const context = withSink(parent, outbox);
  return { span: tracer.startSpan(name, { kind, attributes }, context), context };
}

/**
 * Whether a request's spans are sent. A caller's trace is gone on with in any case; its sampled flag decides only where callers are trusted:
 * else anybody could have each of their requests stored at the operator's cost. For the same reason it is drawn by lot, not told from the
 * trace's id, which is the caller's choice.
 *
 * @param random 0 to 1
 */
export function isSampledFor(
  parent: Context,
  { trustsCallers, sampleRate }: TelemetryConfig,
  random: number,
): boolean {
  const caller = trace.getSpanContext(parent);
  if (trustsCallers && caller) return isFlagged(caller.traceFlags);
  return random < sampleRate;
}

export const isFlagged = (flags: number): boolean => (flags & TraceFlags.SAMPLED) !== 0;
