import { type Span, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { ProblemError } from "../../contract/problem.ts";
import { currentScope, within } from "./activity.ts";
import { tracer } from "./tracer.ts";

/** Does a step of the activity as a span of its own, below the one that it is done in. */
export async function inStep<Result>(step: string, work: () => Promise<Result>): Promise<Result> {
  const scope = currentScope();
  if (!scope || !isSampled(scope.activity.span)) return work();
  const span = tracer.startSpan(step, {}, scope.context);
  try {
    return await within({ ...scope, context: trace.setSpan(scope.context, span) }, work);
  } catch (error) {
    fail(span, codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Also where it has ended: what is done behind the answer. */
const isSampled = (span: Span) => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

/** What is told of an error: its own words may name what is private. */
export const codeOf = (error: unknown): string => (error instanceof ProblemError ? error.code : "internal");

/** @param type the kind of error, as `error.type` of OpenTelemetry's semantic conventions */
export function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
