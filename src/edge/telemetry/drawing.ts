import { SpanKind, trace } from "@opentelemetry/api";
import type { TelemetryConfig } from "../config/telemetry.ts";
import type { Priority } from "../inference/priority.ts";
import { activityOf, currentActivity, currentScope, scopeOf, within } from "./activity.ts";
import { begin, isFlagged } from "./begin.ts";
import { type Dataset, eventsFor } from "./events.ts";
import { codeOf, fail } from "./failure.ts";
import { contextFrom, traceparentOf } from "./tracer.ts";

export type Drawing = {
  /** Of whoever asked for it, as `currentTraceparent` said then. */
  traceparent: string | undefined;
  style: string;
  /** Whether somebody waits for it. */
  priority: Priority;
};

type Site = {
  telemetry: TelemetryConfig;
  dataset: Dataset | undefined;
  waitUntil: (work: Promise<unknown>) => void;
};

/** What a stylization is kept with, so that its drawings go on with the trace of the request for it; undefined where there is none. */
export function currentTraceparent(): string | undefined {
  const activity = currentActivity();
  return activity && traceparentOf(activity.span);
}

/**
 * Watches one output of a stylization being drawn, by the request for it or out of the queue: a span that is a child of the request's, and a
 * data point. Whether it is recorded was decided with the request: what is stored is our own word, not a caller's.
 */
export async function inDrawing<Result>(
  { traceparent, style, priority }: Drawing,
  { telemetry, dataset, waitUntil }: Site,
  work: () => Promise<Result>,
): Promise<Result> {
  const start = performance.now();
  const headers = new Headers(traceparent === undefined ? {} : { traceparent });
  const parent = currentScope()?.context ?? contextFrom(headers);
  const { span, context } = begin({
    name: "draw",
    kind: currentScope() ? SpanKind.INTERNAL : SpanKind.CONSUMER,
    attributes: { "stylegate.style": style },
    parent,
    isSampled: isFlagged(trace.getSpanContext(parent)?.traceFlags ?? 0),
    otlp: telemetry.otlp,
    waitUntil,
  });
  const activity = activityOf(span, { priority, events: eventsFor(dataset) });
  try {
    return await within(scopeOf(activity, context), work);
  } catch (error) {
    activity.code = codeOf(error);
    fail(span, activity.code);
    throw error;
  } finally {
    const { code, engine, queue, compute, attempts } = activity;
    const duration = performance.now() - start;
    activity.events?.drawing({ code, style, engine, priority, duration, queue, compute, attempts });
    span.end();
  }
}
